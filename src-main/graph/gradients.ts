/** Reverse-mode differentiation, graph in and graph out. */
import { add } from './build.ts'
import type { Node, OpName, Value } from './ir.ts'
import { topological } from './ir.ts'
import type { Op } from './ops.ts'
import { ops } from './ops.ts'

/**
 * The gradients of Σ seed·root with respect to each target, as nodes that share the forward graph.
 * `seed` has the shape of `root`. A target on which `root` does not depend is an error of the caller.
 */
export function gradients(root: Value, seed: Value, targets: readonly Value[]): Value[] {
  const nodes = topological([root])
  const onPath = nodesTowards(nodes, targets)
  const gradientOf = new Map<Value, Value>([[root, seed]])
  for (const node of nodes.reverse()) {
    if (!onPath.has(node)) continue
    const dys = node.outputs.map((output) => gradientOf.get(output))
    if (dys.every((dy) => dy === undefined)) continue
    opOf(node)
      .gradient(node, dys[0]!, dys)
      .forEach((dx, i) => {
        const input = node.inputs[i]!
        if (!dx || !(onPath.has(input.node) || targets.includes(input))) return
        const sum = gradientOf.get(input)
        gradientOf.set(input, sum ? add(sum, dx) : dx)
      })
  }
  return targets.map((target, i) => {
    const gradient = gradientOf.get(target)
    if (!gradient) throw new Error(`The root does not depend on target ${i} (${target.node.op}).`)
    return gradient
  })
}

/** Of nodes in topological order, those through which a target reaches the root. */
function nodesTowards(nodes: readonly Node[], targets: readonly Value[]): Set<Node> {
  const reaching = new Set<Node>()
  const wanted = new Set(targets)
  for (const node of nodes) {
    if (node.inputs.some((input) => wanted.has(input) || reaching.has(input.node))) {
      reaching.add(node)
    }
  }
  return reaching
}

function opOf<Name extends OpName>(node: Node<Name>): Op<Name> {
  return ops[node.op] as Op<Name>
}
