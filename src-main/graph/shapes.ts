/** What shape rules are made of: broadcasting, checks, and the refusal that prints the shapes. */
import { ErratumError } from '../errors.ts'
import type { OpName, Shape } from './ir.ts'

/** Ends a shape rule with a message that shows the operator and its inputs' shapes. */
export function refuse(op: OpName, inputs: readonly Shape[], why: string): never {
  const shapes = inputs.map((shape) => `[${shape.join(', ')}]`).join(' and ')
  throw new ErratumError('bad-graph', `${op} of ${shapes || 'nothing'}: ${why}.`)
}

/** Refuses a wrong number of inputs. */
export function checkArity(op: OpName, inputs: readonly Shape[], count: number): void {
  if (inputs.length !== count) {
    refuse(op, inputs, `it takes ${count} ${count === 1 ? 'input' : 'inputs'}`)
  }
}

/** Refuses an axis that the first input does not have; negative axes are not used here. */
export function checkAxis(op: OpName, inputs: readonly Shape[], axis: number): void {
  if (!Number.isInteger(axis) || axis < 0 || axis >= inputs[0]!.length) {
    refuse(op, inputs, `there is no axis ${axis}`)
  }
}

/** Refuses a shape to be made that has anything but positive whole sizes: ONNX reads them otherwise. */
export function checkSizes(op: OpName, inputs: readonly Shape[], shape: Shape): void {
  if (shape.some((size) => !Number.isInteger(size) || size < 1)) {
    refuse(op, inputs, `[${shape.join(', ')}] is no shape`)
  }
}

/**
 * The common shape of two tensors whose axes of size 1 stretch, aligned at the last axis. A refusal
 * shows `inputs`, where a and b are only parts of them.
 */
export function broadcast(op: OpName, a: Shape, b: Shape, inputs = [a, b]): Shape {
  const rank = Math.max(a.length, b.length)
  return Array.from({ length: rank }, (_, axis) => {
    const sizeA = a[axis - rank + a.length] ?? 1
    const sizeB = b[axis - rank + b.length] ?? 1
    if (sizeA !== sizeB && sizeA !== 1 && sizeB !== 1) {
      refuse(op, inputs, `axis ${axis} has sizes ${sizeA} and ${sizeB}, which do not broadcast`)
    }
    return sizeA === 1 ? sizeB : sizeA
  })
}

/** The shape with another size at one axis. */
export function withAxis(shape: Shape, axis: number, size: number): Shape {
  return shape.map((old, i) => (i === axis ? size : old))
}
