/**
 * The reference executor: plain loops in float64. It is slow on purpose and is the definition of
 * every operator; all other executors are held to it.
 */
import { ErratumError } from '../errors.ts'
import type { Attributes, Graph, Node, OpName, Shape, Value } from '../graph/ir.ts'
import { inputsOf, isOp, sizeOf, topological } from '../graph/ir.ts'

export interface Tensor {
  readonly shape: Shape
  readonly data: Float64Array
}

type Compute<Given> = (
  inputs: readonly Tensor[],
  attributes: Given,
  shapes: readonly Shape[]
) => Float64Array[]

/** Runs a graph in float64; feeds and results by name. */
export function evaluate(
  graph: Graph,
  feeds: Readonly<Record<string, ArrayLike<number>>>
): Record<string, Tensor> {
  const values = new Map<Value, Tensor>()
  for (const [name, value] of inputsOf(graph)) values.set(value, feed(name, value, feeds[name]))
  for (const node of topological(Object.values(graph.outputs))) {
    if (isOp(node, 'Input')) continue
    const inputs = node.inputs.map((input) => values.get(input)!)
    const shapes = node.outputs.map((output) => output.shape)
    computeOf(node)(inputs, node.attributes, shapes).forEach((data, i) =>
      values.set(node.outputs[i]!, { shape: shapes[i]!, data })
    )
  }
  return Object.fromEntries(
    Object.entries(graph.outputs).map(([name, value]) => [name, values.get(value)!])
  )
}

function feed(name: string, { shape }: Value, data: ArrayLike<number> | undefined): Tensor {
  if (data?.length !== sizeOf(shape)) {
    const given = data ? `${data.length} numbers` : 'nothing'
    throw new ErratumError('bad-graph', `Input ${name} [${shape.join(', ')}] was given ${given}.`)
  }
  return { shape, data: Float64Array.from(data) }
}

function computeOf<Op extends OpName>(node: Node<Op>): Compute<Attributes[Op]> {
  return computes[node.op]
}

/** Steps in the flat array for each axis. */
function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length).fill(1)
  for (let axis = shape.length - 2; axis >= 0; axis--) {
    strides[axis] = strides[axis + 1]! * shape[axis + 1]!
  }
  return strides
}

/** Calls `visit(flat, coordinates)` for every element of a shape, in row-major order. */
function forEachIndex(shape: Shape, visit: (flat: number, at: readonly number[]) => void) {
  const at = new Array<number>(shape.length).fill(0)
  const size = sizeOf(shape)
  for (let flat = 0; flat < size; flat++) {
    visit(flat, at)
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      if (++at[axis]! < shape[axis]!) break
      at[axis] = 0
    }
  }
}

/** The flat position in a tensor that is broadcast to coordinates of a larger rank. */
function broadcastReader({ shape, data }: Tensor) {
  const strides = stridesOf(shape)
  return (at: readonly number[]) => {
    const extra = at.length - shape.length
    let flat = 0
    for (let axis = 0; axis < shape.length; axis++) {
      if (shape[axis] !== 1) flat += at[axis + extra]! * strides[axis]!
    }
    return data[flat]!
  }
}

/** Every output element from the input element that `from` points at; `undefined` gives 0. */
function gather(
  input: Tensor,
  shape: Shape,
  from: (at: readonly number[]) => readonly number[] | undefined
): Float64Array {
  const strides = stridesOf(input.shape)
  const result = new Float64Array(sizeOf(shape))
  forEachIndex(shape, (flat, at) => {
    const source = from(at)
    if (!source) return
    result[flat] = input.data[source.reduce((sum, i, axis) => sum + i * strides[axis]!, 0)]!
  })
  return result
}

const shifted = (at: readonly number[], axis: number, by: number) =>
  at.map((i, other) => (other === axis ? i + by : i))

const unary =
  (compute: (x: number) => number): Compute<object> =>
  ([x]) => [x!.data.map(compute)]

const binary =
  (compute: (a: number, b: number) => number): Compute<object> =>
  ([a, b], _, [shape]) => {
    const [readA, readB] = [broadcastReader(a!), broadcastReader(b!)]
    const result = new Float64Array(sizeOf(shape!))
    forEachIndex(shape!, (flat, at) => (result[flat] = compute(readA(at), readB(at))))
    return [result]
  }

const reduction =
  (start: number, combine: (sum: number, x: number) => number): Compute<Attributes['ReduceSum']> =>
  ([x], { axes }) => {
    const kept = x!.shape.map((size, axis) => (axes.includes(axis) ? 1 : size))
    const strides = stridesOf(kept)
    const result = new Float64Array(sizeOf(kept)).fill(start)
    forEachIndex(x!.shape, (flat, at) => {
      const to = at.reduce((sum, i, axis) => sum + (kept[axis] === 1 ? 0 : i * strides[axis]!), 0)
      result[to] = combine(result[to]!, x!.data[flat]!)
    })
    return [result]
  }

const sum = reduction(0, (total, x) => total + x)
const maximum = reduction(-Infinity, Math.max)

/** Softmax along an axis and its logarithm, both shifted by the maximum so that nothing overflows. */
function logSoftmax(x: Tensor, axis: number): Float64Array {
  const shape = x.shape.map((size, other) => (other === axis ? 1 : size))
  const attributes = { axes: [axis], keepDims: true }
  const peak = broadcastReader({ shape, data: maximum([x], attributes, [shape])[0]! })
  const centred = new Float64Array(x.data.length)
  forEachIndex(x.shape, (flat, at) => (centred[flat] = x.data[flat]! - peak(at)))
  const powers = { shape: x.shape, data: centred.map(Math.exp) }
  const total = broadcastReader({ shape, data: sum([powers], attributes, [shape])[0]! })
  forEachIndex(x.shape, (flat, at) => (centred[flat]! -= Math.log(total(at))))
  return centred
}

/**
 * The error function to float64's precision: its Maclaurin series near 0 (Abramowitz and Stegun,
 * 7.1.5), and for larger numbers 1 minus the continued fraction of its complement (7.1.14), from the
 * inside out.
 */
function erf(x: number): number {
  const size = Math.abs(x)
  if (size > 6) return Math.sign(x)
  if (size < 2.5) {
    let term = x
    let total = x
    for (let n = 1; Math.abs(term) > Number.EPSILON * Math.abs(total); n++) {
      term *= (-x * x) / n
      total += term / (2 * n + 1)
      if (n > 100) break
    }
    return (2 / Math.sqrt(Math.PI)) * total
  }
  let fraction = size
  for (let n = 100; n > 0; n--) fraction = size + n / 2 / fraction
  return Math.sign(x) * (1 - Math.exp(-size * size) / (Math.sqrt(Math.PI) * fraction))
}

const computes: { readonly [Op in OpName]: Compute<Attributes[Op]> } = {
  Input: () => [],
  Constant: (_, { data }) => [Float64Array.from(data)],
  Add: binary((a, b) => a + b),
  Sub: binary((a, b) => a - b),
  Mul: binary((a, b) => a * b),
  Div: binary((a, b) => a / b),
  Neg: unary((x) => -x),
  Exp: unary(Math.exp),
  Log: unary(Math.log),
  Sqrt: unary(Math.sqrt),
  Floor: unary(Math.floor),
  Relu: unary((x) => Math.max(x, 0)),
  Indicator: unary((x) => (x === 0 ? 0 : 1)),
  Tanh: unary(Math.tanh),
  Erf: unary(erf),
  Gelu: unary((x) => (x / 2) * (1 + erf(x * Math.SQRT1_2))),

  MatMul: ([a, b], _, [shape]) => {
    const inner = a!.shape.at(-1)!
    const [readA, readB] = [broadcastReader(a!), broadcastReader(b!)]
    const result = new Float64Array(sizeOf(shape!))
    forEachIndex(shape!, (flat, at) => {
      const batch = at.slice(0, -2)
      const [row, column] = [at.at(-2)!, at.at(-1)!]
      let total = 0
      for (let i = 0; i < inner; i++) {
        total += readA([...batch, row, i]) * readB([...batch, i, column])
      }
      result[flat] = total
    })
    return [result]
  },

  Transpose: ([x], { permutation }, [shape]) => [
    gather(x!, shape!, (at) => {
      const source: number[] = []
      permutation.forEach((from, to) => (source[from] = at[to]!))
      return source
    })
  ],
  Reshape: ([x]) => [x!.data.slice()],
  Expand: ([x], _, [shape]) => {
    const read = broadcastReader(x!)
    const result = new Float64Array(sizeOf(shape!))
    forEachIndex(shape!, (flat, at) => (result[flat] = read(at)))
    return [result]
  },
  Gather: ([x, indices], _, [shape]) => [gather(x!, shape!, ([k, m]) => [indices!.data[k!]!, m!])],
  ScatterND: ([indices, x], _, [shape]) => {
    const result = new Float64Array(sizeOf(shape!))
    forEachIndex(x!.shape, (flat, [k, m]) => {
      result[indices!.data[k!]! * shape![1]! + m!]! += x!.data[flat]!
    })
    return [result]
  },
  SetRows: ([x, indices, rows], _, [shape]) => {
    const result = x!.data.slice()
    forEachIndex(rows!.shape, (flat, [k, m]) => {
      result[indices!.data[k!]! * shape![1]! + m!] = rows!.data[flat]!
    })
    return [result]
  },
  Slice: ([x], { axis, start }, [shape]) => [gather(x!, shape!, (at) => shifted(at, axis, start))],
  Pad: ([x], { axis, before }, [shape]) => [
    gather(x!, shape!, (at) => {
      const i = at[axis]! - before
      return i >= 0 && i < x!.shape[axis]! ? shifted(at, axis, -before) : undefined
    })
  ],
  Concat: (inputs, { axis }, [shape]) => {
    const result = new Float64Array(sizeOf(shape!))
    let offset = 0
    for (const part of inputs) {
      const strides = stridesOf(shape!)
      forEachIndex(part.shape, (flat, at) => {
        const to = shifted(at, axis, offset).reduce((total, i, n) => total + i * strides[n]!, 0)
        result[to] = part.data[flat]!
      })
      offset += part.shape[axis]!
    }
    return [result]
  },
  Split: ([x], { axis, sizes }, shapes) => {
    let start = 0
    return sizes.map((size, i) => {
      const from = start
      start += size
      return gather(x!, shapes[i]!, (at) => shifted(at, axis, from))
    })
  },

  ReduceSum: sum,
  ReduceMax: maximum,
  Softmax: ([x], { axis }) => [logSoftmax(x!, axis).map(Math.exp)],
  LogSoftmax: ([x], { axis }) => [logSoftmax(x!, axis)],
  LayerNormalization: ([x, scale, shift], { epsilon }) => {
    const n = scale!.data.length
    const rows = x!.data.length / n
    const [means, inverses] = [new Float64Array(rows), new Float64Array(rows)]
    const result = new Float64Array(x!.data.length)
    for (let row = 0; row < rows; row++) {
      const values = x!.data.subarray(row * n, (row + 1) * n)
      const mean = values.reduce((total, value) => total + value, 0) / n
      const variance = values.reduce((total, value) => total + (value - mean) ** 2, 0) / n
      const inverse = 1 / Math.sqrt(variance + epsilon)
      values.forEach((value, i) => {
        result[row * n + i] = (value - mean) * inverse * scale!.data[i]! + shift!.data[i]!
      })
      means[row] = mean
      inverses[row] = inverse
    }
    return [result, means, inverses]
  }
}
