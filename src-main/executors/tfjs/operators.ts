/**
 * The operators on TensorFlow.js: a row each. A row makes new tensors and never returns one that it
 * was given; what it makes on the way to its results is freed by the caller.
 */
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core'
import type { Attributes, OpName, Shape } from '../../graph/ir.ts'
import { sizeOf } from '../../graph/ir.ts'

/** The functions of TensorFlow.js, whichever of its packages has brought them. */
export type Tfjs = typeof import('@tensorflow/tfjs-core')

/** What a row is given besides the attributes of its operator. */
interface Given {
  readonly tf: Tfjs
  readonly inputs: readonly Tensor[]
  /** Shapes of the results. */
  readonly shapes: readonly Shape[]
}

/** Inputs are given, everything else is computed. */
export type Operator = Exclude<OpName, 'Input'>
export type Compute<Op extends Operator> = (given: Given, attributes: Attributes[Op]) => Tensor[]

const unary =
  (compute: (tf: Tfjs, x: Tensor) => Tensor) =>
  ({ tf, inputs }: Given) => [compute(tf, inputs[0]!)]

const binary =
  (compute: (tf: Tfjs, a: Tensor, b: Tensor) => Tensor) =>
  ({ tf, inputs }: Given) => [compute(tf, inputs[0]!, inputs[1]!)]

const reduction =
  (name: 'sum' | 'max') =>
  ({ tf, inputs }: Given, { axes, keepDims }: Attributes['ReduceSum']) => [
    tf[name](inputs[0]!, [...axes], keepDims)
  ]

/** TensorFlow.js takes a softmax along the last axis only. */
const alongLast =
  (name: 'softmax' | 'logSoftmax') =>
  ({ tf, inputs: [x] }: Given, { axis }: { axis: number }) => {
    const last = x!.rank - 1
    if (axis === last) return [tf[name](x!)]
    const swap = [...x!.shape.keys()]
    swap[axis] = last
    swap[last] = axis
    return [tf.transpose(tf[name](tf.transpose(x!, swap)), swap)]
  }

/** Indices are real tensors in our graphs, exact up to 2²⁴; a cast cuts them to the same integers. */
const toIndices = (tf: Tfjs, indices: Tensor) => tf.cast(indices, 'int32')

/**
 * A product by one matrix is one product of all rows. Otherwise both get the same leading axes, as
 * the backend in plain JavaScript stretches only one of them.
 */
function product(tf: Tfjs, [a, b]: readonly Tensor[], shape: Shape): Tensor {
  const [rows, inner, columns] = [a!.shape.at(-2)!, a!.shape.at(-1)!, b!.shape.at(-1)!]
  if (b!.rank === 2) {
    return tf.reshape(tf.matMul(tf.reshape(a!, [-1, inner]), b!), [...shape])
  }
  const leading = shape.slice(0, -2)
  const batch = (x: Tensor, sizes: number[]) =>
    tf.reshape(tf.broadcastTo(x, [...leading, ...sizes]), [sizeOf(leading), ...sizes])
  return tf.reshape(tf.matMul(batch(a!, [rows, inner]), batch(b!, [inner, columns])), [...shape])
}

export const operators: { readonly [Op in Operator]: Compute<Op> } = {
  Constant: ({ tf }, { data, shape }) => [tf.tensor(Float32Array.from(data), [...shape])],
  Add: binary((tf, a, b) => tf.add(a, b)),
  Sub: binary((tf, a, b) => tf.sub(a, b)),
  Mul: binary((tf, a, b) => tf.mul(a, b)),
  Div: binary((tf, a, b) => tf.div(a, b)),
  Neg: unary((tf, x) => tf.neg(x)),
  Exp: unary((tf, x) => tf.exp(x)),
  Log: unary((tf, x) => tf.log(x)),
  Sqrt: unary((tf, x) => tf.sqrt(x)),
  Floor: unary((tf, x) => tf.floor(x)),
  Relu: unary((tf, x) => tf.relu(x)),
  Indicator: unary((tf, x) => tf.cast(tf.notEqual(x, 0), 'float32')),
  Tanh: unary((tf, x) => tf.tanh(x)),
  Erf: unary((tf, x) => tf.erf(x)),
  Gelu: unary((tf, x) => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1))),
  MatMul: ({ tf, inputs, shapes }) => [product(tf, inputs, shapes[0]!)],
  Transpose: ({ tf, inputs }, { permutation }) => [tf.transpose(inputs[0]!, [...permutation])],
  Reshape: ({ tf, inputs }, { shape }) => [tf.reshape(inputs[0]!, [...shape])],
  Expand: ({ tf, inputs }, { shape }) => [tf.broadcastTo(inputs[0]!, [...shape])],
  Gather: ({ tf, inputs: [matrix, indices] }) => [
    tf.gather(matrix!, toIndices(tf, indices!) as Tensor1D)
  ],
  // It adds up what falls on the same place.
  ScatterND: ({ tf, inputs: [indices, added], shapes }) => [
    tf.scatterND(tf.expandDims(toIndices(tf, indices!), 1), added as Tensor2D, [...shapes[0]!])
  ],
  // The backend in plain JavaScript writes into the tensor that it is given (4.22), so it gets a copy.
  SetRows: ({ tf, inputs: [x, indices, rows] }) => [
    tf.tensorScatterUpdate(tf.add(x!, 0), tf.expandDims(toIndices(tf, indices!), 1), rows!)
  ],
  Slice: ({ tf, inputs: [x], shapes }, { axis, start }) => {
    const begin = x!.shape.map((_, other) => (other === axis ? start : 0))
    return [tf.slice(x!, begin, [...shapes[0]!])]
  },
  Pad: ({ tf, inputs: [x] }, { axis, before, after }) => [
    tf.pad(
      x!,
      x!.shape.map((_, other) => (other === axis ? [before, after] : [0, 0]))
    )
  ],
  Concat: ({ tf, inputs }, { axis }) => [tf.concat([...inputs], axis)],
  Split: ({ tf, inputs }, { axis, sizes }) => tf.split(inputs[0]!, [...sizes], axis),
  ReduceSum: reduction('sum'),
  ReduceMax: reduction('max'),
  Softmax: alongLast('softmax'),
  LogSoftmax: alongLast('logSoftmax'),
  LayerNormalization: ({ tf, inputs: [x, scale, shift] }, { epsilon }) => {
    const mean = tf.mean(x!, -1, true)
    const deviation = tf.sub(x!, mean)
    const variance = tf.mean(tf.square(deviation), -1, true)
    const inverse = tf.rsqrt(tf.add(variance, epsilon))
    return [tf.add(tf.mul(tf.mul(deviation, inverse), scale!), shift!), mean, inverse]
  }
}
