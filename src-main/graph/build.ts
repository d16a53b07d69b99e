/** The words that graphs are written in: one function an operator, and the few composed ones. */
import { ErratumError } from '../errors.ts'
import type { Attributes, Node, OpName, Shape, Value } from './ir.ts'
import { sizeOf } from './ir.ts'
import { ops } from './ops.ts'

/** Applies an operator; its shape rule is checked at once, so that the stack shows who is wrong. */
export function apply<Op extends OpName>(
  op: Op,
  inputs: readonly Value[],
  attributes: Attributes[Op]
): readonly Value[] {
  const shapes = ops[op].shape(
    inputs.map((input) => input.shape),
    attributes
  )
  const outputs: Value[] = []
  const node: Node<Op> = { op, attributes, inputs, outputs }
  shapes.forEach((shape, index) => outputs.push({ node: node as unknown as Node, index, shape }))
  return outputs
}

function one<Op extends OpName>(op: Op, inputs: readonly Value[], attributes: Attributes[Op]) {
  return apply(op, inputs, attributes)[0]!
}

/** A tensor that is given at every run (data, or a parameter that training changes). */
export function input(name: string, shape: Shape): Value {
  const outputs: Value[] = []
  const node: Node<'Input'> = { op: 'Input', attributes: { name }, inputs: [], outputs }
  outputs.push({ node: node as Node, index: 0, shape })
  return outputs[0]!
}

/** A tensor of fixed numbers. */
export function constant(data: readonly number[], shape: Shape = []): Value {
  if (data.length !== sizeOf(shape)) {
    throw new ErratumError('bad-graph', `${data.length} numbers do not fill the shape [${shape}].`)
  }
  return one('Constant', [], { data, shape })
}

export const add = (a: Value, b: Value) => one('Add', [a, b], {})
export const sub = (a: Value, b: Value) => one('Sub', [a, b], {})
export const mul = (a: Value, b: Value) => one('Mul', [a, b], {})
export const div = (a: Value, b: Value) => one('Div', [a, b], {})
export const neg = (x: Value) => one('Neg', [x], {})
export const exp = (x: Value) => one('Exp', [x], {})
export const log = (x: Value) => one('Log', [x], {})
export const sqrt = (x: Value) => one('Sqrt', [x], {})
export const floor = (x: Value) => one('Floor', [x], {})
export const relu = (x: Value) => one('Relu', [x], {})
export const tanh = (x: Value) => one('Tanh', [x], {})
export const erf = (x: Value) => one('Erf', [x], {})
export const gelu = (x: Value) => one('Gelu', [x], {})
export const indicator = (x: Value) => one('Indicator', [x], {})
export const matmul = (a: Value, b: Value) => one('MatMul', [a, b], {})
export const softmax = (x: Value, axis: number) => one('Softmax', [x], { axis })
export const logSoftmax = (x: Value, axis: number) => one('LogSoftmax', [x], { axis })

/** Normalises along the last axis; `scale` and `shift` are [n]. */
export const layerNorm = (
  x: Value,
  { scale, shift, epsilon }: { scale: Value; shift: Value; epsilon: number }
) => one('LayerNormalization', [x, scale, shift], { epsilon })

/** Stretches to a shape; nothing where the shape is already right. */
export const expand = (x: Value, shape: Shape) =>
  x.shape.join() === shape.join() ? x : one('Expand', [x], { shape })

export const transpose = (x: Value, permutation: readonly number[]) =>
  one('Transpose', [x], { permutation })

export const gather = (matrix: Value, indices: Value) => one('Gather', [matrix, indices], {})

export const scatterAdd = (indices: Value, rows: Value, count: number) =>
  one('ScatterND', [indices, rows], { rows: count })

/** `matrix` with these rows in place of those at the indices. */
export const setRows = (matrix: Value, indices: Value, rows: Value) =>
  one('SetRows', [matrix, indices, rows], {})

export const slice = (x: Value, axis: number, [start, end]: readonly [number, number]) =>
  one('Slice', [x], { axis, start, end })

export const pad = (x: Value, axis: number, [before, after]: readonly [number, number]) =>
  before === 0 && after === 0 ? x : one('Pad', [x], { axis, before, after })

export const concat = (parts: readonly Value[], axis: number) => one('Concat', parts, { axis })

export const split = (x: Value, axis: number, sizes: readonly number[]) =>
  apply('Split', [x], { axis, sizes })

export const reduceSum = (x: Value, axes: readonly number[], keepDims = false) =>
  axes.length === 0 ? x : one('ReduceSum', [x], { axes, keepDims })

export const reduceMax = (x: Value, axes: readonly number[], keepDims = false) =>
  axes.length === 0 ? x : one('ReduceMax', [x], { axes, keepDims })

/** The same numbers in another shape; nothing where the shape is already right. */
export function reshape(x: Value, shape: Shape): Value {
  return x.shape.join() === shape.join() ? x : one('Reshape', [x], { shape })
}

/** Swaps the last two axes. */
export function transposeLast(x: Value): Value {
  const permutation = x.shape.map((_, axis) => axis)
  const last = permutation.length - 1
  ;[permutation[last - 1], permutation[last]] = [last, last - 1]
  return transpose(x, permutation)
}

/**
 * Sums a tensor back over the axes along which `shape` was broadcast: the adjoint of broadcasting.
 * The rows of a matrix are summed by a product with ones, as onnxruntime's ReduceSum does that on one
 * thread, however many there are.
 */
export function sumTo(x: Value, shape: Shape): Value {
  const extra = x.shape.length - shape.length
  const axes = x.shape.flatMap((size, axis) =>
    axis < extra || (shape[axis - extra] === 1 && size !== 1) ? [axis] : []
  )
  if (x.shape.length === 2 && axes.join() === '0') {
    return reshape(matmul(expand(constant([1]), [1, x.shape[0]!]), x), shape)
  }
  return reshape(reduceSum(x, axes), shape)
}
