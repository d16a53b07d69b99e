/** Graphs as text, a line a node, for error messages, snapshots and curious eyes. */
import type { Graph, Value } from './ir.ts'
import { isOp, topological } from './ir.ts'

/** The graph in the order in which it runs, such as `%3 [32, 40] = MatMul %1 %2`. */
export function printGraph(graph: Graph): string {
  const names = new Map<Value, string>()
  const lines = topological(Object.values(graph.outputs)).map((node) => {
    node.outputs.forEach((value) => {
      names.set(value, isOp(node, 'Input') ? node.attributes.name : `%${names.size}`)
    })
    const left = node.outputs.map((value) => `${names.get(value)} [${value.shape.join(', ')}]`)
    const right = [node.op, ...node.inputs.map((value) => names.get(value)), attributesOf(node)]
    return `${left.join(', ')} = ${right.filter(Boolean).join(' ')}`
  })
  const outputs = Object.entries(graph.outputs).map(
    ([name, value]) => `${name} = ${names.get(value)}`
  )
  return [`graph ${graph.name}`, ...lines, `outputs ${outputs.join(', ')}`].join('\n')
}

function attributesOf(node: { op: string; attributes: object }): string {
  if (node.op === 'Input') return ''
  const text = JSON.stringify(node.attributes)
  return text === '{}' ? '' : text.length > 60 ? `${text.slice(0, 57)}...` : text
}
