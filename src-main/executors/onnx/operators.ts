/** How each operator is written in ONNX: a row each. */
import type { Attributes, OpName, Shape } from '../../graph/ir.ts'
import { sizeOf } from '../../graph/ir.ts'
import type { OnnxruntimeDevice } from '../devices.ts'
import { devices } from '../devices.ts'
import type { OnnxAttributes } from './messages.ts'
import { dataTypes } from './messages.ts'
import type { Beside } from './writer.ts'

/** The session that will run the model. */
export interface Session {
  /** What the model is for; the CPU unless given. */
  device?: OnnxruntimeDevice
  /** Threads inside one operator, on the CPU. */
  threads: number
}

/**
 * How one operator is written: ONNX attributes, int64 tensors that follow its own inputs, and its
 * inputs themselves where they are not taken as they are.
 */
export interface Lowering {
  /** ONNX's operator, where it is not the one of the same name. */
  operator?: string
  attributes?: OnnxAttributes
  tensors?: (readonly number[])[]
  inputs?: (names: readonly string[], beside: Beside) => string[]
}

/** Indices are real tensors in our graphs, exact up to 2²⁴. */
const toIndices = ({ device = 'cpu' }: Session) => ({
  to: dataTypes[devices[device].indices]
})
/** A vector of indices as a matrix of one column. */
const asColumn = (indices: string, beside: Beside, options: Session) => {
  const integers = beside.apply('Cast', [indices], toIndices(options))
  return beside.apply('Reshape', [integers, beside.ints([-1, 1])])
}
const plain = () => ({})
const alongAxis = ({ axis }: { axis: number }) => ({ attributes: { axis } })
const reduction = ({ axes, keepDims }: Attributes['ReduceSum']) => ({
  attributes: { keepdims: keepDims ? 1 : 0 },
  tensors: [axes]
})

/**
 * onnxruntime's CPU broadcasts along an inner axis run by run. Where a run is of a few numbers, as of
 * ten filters, stretching the smaller input first takes less than half of the time.
 */
const longestShortRun = 32
const elementwise = (
  _: object,
  shapes: readonly Shape[],
  { device = 'cpu' }: Session
): Lowering => ({
  inputs: (names, beside) =>
    names.map((name, i) => {
      const [own, other] = [shapes[i]!, shapes[1 - i]!]
      const isShort = own.length > 2 && own.at(-1) === other.at(-1) && own.at(-1)! < longestShortRun
      const isSlow = isShort && device === 'cpu'
      const isStretched = isSlow && own.length === other.length && sizeOf(own) < sizeOf(other)
      return isStretched ? beside.apply('Expand', [name, beside.ints(other)]) : name
    })
})

/** c − log Σ exp(c), with c the input less its maximum, so that nothing overflows. */
const composedLogSoftmax = (axis: number): Lowering => ({
  operator: 'Sub',
  inputs: ([x], beside) => {
    const along = (reduction: string, of: string) =>
      beside.apply(reduction, [of, beside.ints([axis])], { keepdims: 1 })
    const centred = beside.apply('Sub', [x!, along('ReduceMax', x!)])
    const total = along('ReduceSum', beside.apply('Exp', [centred]))
    return [centred, beside.apply('Log', [total])]
  }
})

export type Operator = Exclude<OpName, 'Input' | 'Constant'>

export const lowerings: {
  readonly [Op in Operator]: (
    attributes: Attributes[Op],
    inputs: readonly Shape[],
    options: Session
  ) => Lowering
} = {
  Add: elementwise,
  Sub: elementwise,
  Mul: elementwise,
  Div: elementwise,
  Neg: plain,
  Exp: plain,
  Log: plain,
  Sqrt: plain,
  Floor: plain,
  Relu: plain,
  // Where onnxruntime's own Sign takes 28 µs for 14,000 numbers, the two casts take 9.
  Indicator: () => ({
    operator: 'Cast',
    attributes: { to: dataTypes.float },
    inputs: ([x], beside) => [beside.apply('Cast', [x!], { to: dataTypes.bool })]
  }),
  Tanh: plain,
  Erf: plain,
  Gelu: plain,
  MatMul: plain,
  Transpose: ({ permutation }) => ({ attributes: { perm: permutation } }),
  Reshape: ({ shape }) => ({ tensors: [shape] }),
  Expand: ({ shape }) => ({ tensors: [shape] }),
  Gather: (_, __, options) => ({
    inputs: ([matrix, indices], beside) => [
      matrix!,
      beside.apply('Cast', [indices!], toIndices(options))
    ]
  }),
  // onnxruntime 1.30 spreads the rows of ScatterND over its threads whether or not they are added to
  // the same place (microsoft/onnxruntime#23396): with 4 threads 15 of 200 sums were wrong.
  // ScatterElements keeps to one thread, takes the index of every number, and four times as long.
  // A device may do so as well, or leave the operator to the CPU, and ScatterND takes no int32.
  ScatterND: ({ rows }, [, added], options) => {
    const { device = 'cpu', threads } = options
    const isByRow = device === 'cpu' && threads === 1
    return {
      operator: isByRow ? 'ScatterND' : 'ScatterElements',
      attributes: { reduction: 'add', ...(!isByRow && { axis: 0 }) },
      inputs: ([indices, updates], beside) => {
        const zeros = beside.apply('ConstantOfShape', [beside.ints([rows, added![1]!])])
        const column = asColumn(indices!, beside, options)
        const every = isByRow ? column : beside.apply('Expand', [column, beside.ints(added!)])
        return [zeros, every, updates!]
      }
    }
  },
  SetRows: (_, [, , rows], options) => ({
    operator: 'ScatterElements',
    attributes: { axis: 0 },
    inputs: ([matrix, indices, updates], beside) => {
      const column = asColumn(indices!, beside, options)
      return [matrix!, beside.apply('Expand', [column, beside.ints(rows!)]), updates!]
    }
  }),
  Slice: ({ axis, start, end }) => ({
    inputs: ([x], beside) => {
      const [first, along] = [beside.ints([start]), beside.ints([axis])]
      const past = beside.isOpen(end - start)
        ? beside.apply('Add', [beside.ints([end - start]), first])
        : beside.ints([end])
      return [x!, first, past, along]
    }
  }),
  Pad: ({ axis, before, after }, [shape]) => {
    const pads = new Array<number>(2 * shape!.length).fill(0)
    pads[axis] = before
    pads[shape!.length + axis] = after
    return { tensors: [pads] }
  },
  Concat: alongAxis,
  Split: ({ axis, sizes }) => ({ attributes: { axis }, tensors: [sizes] }),
  ReduceSum: reduction,
  ReduceMax: reduction,
  Softmax: alongAxis,
  LogSoftmax: ({ axis }, _, { device = 'cpu' }) =>
    devices[device].composed.includes('LogSoftmax')
      ? composedLogSoftmax(axis)
      : alongAxis({ axis }),
  LayerNormalization: ({ epsilon }) => ({ attributes: { axis: -1, epsilon: { float: epsilon } } })
}
