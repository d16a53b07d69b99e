/**
 * The graph: values computed by nodes, each node one operator with static shapes. All values are
 * real tensors; the executors choose the precision (float64 in the reference, float32 elsewhere).
 * A graph is nothing but its outputs: what they do not reach does not exist, so rules may build
 * nodes freely and dead ones cost nothing.
 */
import { ErratumError } from '../errors.ts'

export type Shape = readonly number[]

/** Every operator with its attributes. The names are ONNX's; `Input` and `Constant` are the leaves. */
export interface Attributes {
  Input: { name: string }
  Constant: { data: readonly number[]; shape: Shape }
  Add: Empty
  Sub: Empty
  Mul: Empty
  Div: Empty
  Neg: Empty
  Exp: Empty
  Log: Empty
  Sqrt: Empty
  /** The largest integer that is not above each number. */
  Floor: Empty
  Relu: Empty
  Tanh: Empty
  /** The error function, 2/√π ∫₀ˣ exp(−t²) dt. */
  Erf: Empty
  /** x · Φ(x) with the normal distribution function Φ, exactly (no tanh in its place). */
  Gelu: Empty
  /** 1 where the input is not 0, and 0 elsewhere; in ONNX a Cast to truth values and one back. */
  Indicator: Empty
  MatMul: Empty
  Transpose: { permutation: readonly number[] }
  Reshape: { shape: Shape }
  /** Stretches axes of size 1, and adds leading axes, up to the given shape. */
  Expand: { shape: Shape }
  /** Rows of a matrix at the indices that a vector holds: [n, m], [k] → [k, m]. */
  Gather: Empty
  /**
   * The adjoint of `Gather`: [k], [k, m] → [rows, m], zeros to which each row of the second input is
   * added at the index that the first holds. In ONNX it is ScatterND with the reduction `add`.
   */
  ScatterND: { rows: number }
  /**
   * [n, m], [k], [k, m] → [n, m], the first input with rows of the third in place of those at the
   * indices; rows for one index are equal. In ONNX it is ScatterElements.
   */
  SetRows: Empty
  /** Elements [start, end) along one axis. */
  Slice: { axis: number; start: number; end: number }
  /** Zeros before and after along one axis. */
  Pad: { axis: number; before: number; after: number }
  Concat: { axis: number }
  /** Parts of the given sizes along one axis, an output each. */
  Split: { axis: number; sizes: readonly number[] }
  ReduceSum: { axes: readonly number[]; keepDims: boolean }
  ReduceMax: { axes: readonly number[]; keepDims: boolean }
  Softmax: { axis: number }
  LogSoftmax: { axis: number }
  /**
   * (x − mean) / √(variance + epsilon) along the last axis, times a scale and plus a shift, both [n]:
   * [.., n], [n], [n] → the result, the mean [.., 1] and 1 / √(variance + epsilon) [.., 1].
   */
  LayerNormalization: { epsilon: number }
}

type Empty = Record<never, never>

export type OpName = keyof Attributes

/** One application of an operator. */
export interface Node<Op extends OpName = OpName> {
  readonly op: Op
  readonly attributes: Attributes[Op]
  readonly inputs: readonly Value[]
  readonly outputs: readonly Value[]
}

/** One output of a node. */
export interface Value {
  readonly node: Node
  readonly index: number
  readonly shape: Shape
}

/** What an executor runs: named outputs, and through them everything that they need. */
export interface Graph {
  readonly name: string
  readonly outputs: Readonly<Record<string, Value>>
}

/** Number of elements of a tensor of this shape. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, size) => product * size, 1)
}

/** The nodes that the outputs need, each after those that it reads. Iterative: depth is no limit. */
export function topological(outputs: Iterable<Value>): Node[] {
  const order: Node[] = []
  const seen = new Set<Node>()
  for (const output of outputs) {
    const stack: { node: Node; next: number }[] = [{ node: output.node, next: 0 }]
    while (stack.length > 0) {
      const top = stack.at(-1)!
      if (top.next === 0 && seen.has(top.node)) {
        stack.pop()
        continue
      }
      seen.add(top.node)
      const input = top.node.inputs[top.next++]
      if (input === undefined) {
        order.push(top.node)
        stack.pop()
      } else if (!seen.has(input.node)) {
        stack.push({ node: input.node, next: 0 })
      }
    }
  }
  return order
}

/** The inputs that the graph reads, by name; two of one name cannot be told apart. */
export function inputsOf(graph: Graph): Map<string, Value> {
  const inputs = new Map<string, Value>()
  for (const node of topological(Object.values(graph.outputs))) {
    if (!isOp(node, 'Input')) continue
    const { name } = node.attributes
    if (inputs.has(name)) {
      throw new ErratumError('bad-graph', `Graph ${graph.name} has two inputs called ${name}.`)
    }
    inputs.set(name, node.outputs[0]!)
  }
  return inputs
}

/** Narrows a node to one operator, so that its attributes are typed. */
export function isOp<Op extends OpName>(node: Node, op: Op): node is Node<Op> {
  return node.op === op
}
