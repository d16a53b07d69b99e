/**
 * A graph as a list of steps on tensors of TensorFlow.js. What follows from constants alone is
 * computed once, as the program is made; all else is freed as soon as no later step reads it.
 */
import type { Tensor } from '@tensorflow/tfjs-core'
import type { Graph, Node, Value } from '../../graph/ir.ts'
import { isOp, topological } from '../../graph/ir.ts'
import type { Compute, Operator, Tfjs } from './operators.ts'
import { operators } from './operators.ts'

interface Step {
  readonly node: Node<Operator>
  /** Values that no later step and no output reads. */
  readonly last: readonly Value[]
}

export class Program {
  readonly #tf: Tfjs
  readonly #outputs: Graph['outputs']
  readonly #steps: readonly Step[]
  /** What no run changes and some run reads. */
  readonly #fixed = new Map<Value, Tensor>()

  /**
   * `constants` are the values of inputs that never change, which are copied. Where an operator
   * throws, nothing is kept.
   */
  constructor(tf: Tfjs, graph: Graph, constants: ReadonlyMap<Value, Float32Array>) {
    this.#tf = tf
    this.#outputs = graph.outputs
    const nodes = topological(Object.values(graph.outputs))
    const changes = changing(nodes, constants)
    const operations = nodes.filter(isOperation)
    const ofEachRun = operations.filter((node) => changes.has(node))
    this.#steps = withLastReads(ofEachRun, changes, graph.outputs)
    tf.tidy(() => {
      for (const [value, data] of constants) {
        this.#fixed.set(value, tf.tensor(data.slice(), [...value.shape]))
      }
      for (const node of operations) {
        if (changes.has(node)) continue
        for (const [value, tensor] of computed(tf, node, this.#fixed)) {
          this.#fixed.set(value, tensor)
        }
      }
      this.#freeUnread(ofEachRun)
      for (const tensor of this.#fixed.values()) tf.keep(tensor)
    })
  }

  /**
   * The outputs, by name, from the tensors of the inputs, which it frees. An output may be an input
   * or what the program keeps, so it is for reading; the caller's `tidy` frees what was made.
   */
  compute(inputs: ReadonlyMap<Value, Tensor>): Map<string, Tensor> {
    const values = new Map([...this.#fixed, ...inputs])
    for (const { node, last } of this.#steps) {
      for (const [value, tensor] of computed(this.#tf, node, values)) values.set(value, tensor)
      for (const value of last) values.get(value)!.dispose()
    }
    const named = Object.entries(this.#outputs)
    return new Map(named.map(([name, value]) => [name, values.get(value)!]))
  }

  dispose(): void {
    for (const tensor of this.#fixed.values()) tensor.dispose()
    this.#fixed.clear()
  }

  /** Frees what led to other constants only, such as a weight that is read transposed. */
  #freeUnread(nodes: readonly Node[]): void {
    const read = new Set(Object.values(this.#outputs))
    for (const node of nodes) for (const value of node.inputs) read.add(value)
    for (const [value, tensor] of this.#fixed) {
      if (read.has(value)) continue
      tensor.dispose()
      this.#fixed.delete(value)
    }
  }
}

const isOperation = (node: Node): node is Node<Operator> => !isOp(node, 'Input')

/** The nodes whose values depend on an input that is no constant. */
function changing(nodes: readonly Node[], constants: ReadonlyMap<Value, unknown>): Set<Node> {
  const changes = new Set<Node>()
  for (const node of nodes) {
    const isFed = isOp(node, 'Input') && !constants.has(node.outputs[0]!)
    if (isFed || node.inputs.some((value) => changes.has(value.node))) changes.add(node)
  }
  return changes
}

/** The steps of the nodes; of what they read for the last time, only what changes is listed. */
function withLastReads(
  nodes: readonly Node<Operator>[],
  changes: ReadonlySet<Node>,
  outputs: Graph['outputs']
): Step[] {
  const kept = new Set(Object.values(outputs))
  const seen = new Set<Value>()
  const steps = nodes.toReversed().map((node): Step => {
    const last: Value[] = []
    // An output that nobody reads is done with as soon as it is there.
    for (const value of [...node.inputs, ...node.outputs]) {
      if (seen.has(value)) continue
      seen.add(value)
      if (changes.has(value.node) && !kept.has(value)) last.push(value)
    }
    return { node, last }
  })
  return steps.reverse()
}

/** The results of a node with their tensors; what was made besides is freed. */
function computed(
  tf: Tfjs,
  node: Node<Operator>,
  values: ReadonlyMap<Value, Tensor>
): (readonly [Value, Tensor])[] {
  const inputs = node.inputs.map((value) => values.get(value)!)
  const shapes = node.outputs.map((value) => value.shape)
  const tensors = tf.tidy(() => computeOf(node)({ tf, inputs, shapes }, node.attributes))
  return node.outputs.map((value, i) => [value, tensors[i]!] as const)
}

function computeOf<Op extends Operator>(node: Node<Op>): Compute<Op> {
  return operators[node.op]
}
