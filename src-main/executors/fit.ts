/** Arrays of the host beside the shapes of the tensors that they hold, for every executor alike. */
import { ErratumError } from '../errors.ts'
import type { Shape, Value } from '../graph/ir.ts'
import { sizeOf } from '../graph/ir.ts'
import type { Tensors } from './executor.ts'

/** Shapes by name. */
export type Shapes = Readonly<Record<string, Shape>>

export function shapesOf(values: Iterable<readonly [string, Value]>): Record<string, Shape> {
  return Object.fromEntries(Array.from(values, ([name, value]) => [name, value.shape]))
}

/** Arrays for tensors of these shapes. */
export function allocate(shapes: Shapes): Tensors {
  const arrays = Object.entries(shapes).map(([name, shape]) => {
    return [name, new Float32Array(sizeOf(shape))] as const
  })
  return Object.fromEntries(arrays)
}

/** Throws `bad-graph` unless there is an array of the right size for every shape. */
export function checkFit(arrays: Tensors, shapes: Shapes): void {
  for (const name in shapes) {
    const [array, shape] = [arrays[name], shapes[name]!]
    if (array?.length === sizeOf(shape)) continue
    const given = array ? `${array.length} numbers` : 'nothing'
    throw new ErratumError('bad-graph', `Tensor ${name} [${shape.join(', ')}] was given ${given}.`)
  }
}
