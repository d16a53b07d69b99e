/**
 * Where each of our parameters comes from. transformers keeps a weight as [outputs, inputs] and has
 * query, key and value apart; ours are [inputs, outputs], with the three side by side.
 */
import { sizeOf, type Shape } from '../graph/ir.ts'
import type { EncoderFamily, EncoderSizes } from '../models/encoder.ts'
import { embeddingNames, families } from './families.ts'

export interface Placement {
  /** Our name, and the shape that our tensor has. */
  readonly name: string
  readonly shape: Shape
  /** Their names: one, or three that lie side by side. */
  readonly from: readonly string[]
  readonly transposed: boolean
}

export interface CheckpointSizes {
  readonly family: EncoderFamily
  readonly sizes: EncoderSizes
  /** Rows of the word embedding. */
  readonly words: number
}

/** All parameters of the encoder. `prefix` comes before their names, such as `bert.`. */
export function encoderPlacements(
  { family, sizes, words }: CheckpointSizes,
  prefix: string
): Placement[] {
  const { embedding, hidden, intermediate, layers, positions, types } = sizes
  const { layer, layers: layersName } = families[family]
  const table = (name: string, rows: number, theirs: string): Placement => ({
    name,
    shape: [rows, embedding],
    from: [prefix + theirs],
    transposed: false
  })
  const placements = [
    table('embedding', words, embeddingNames.words),
    table('positions', positions, embeddingNames.positions),
    ...(types > 0 ? [table('types', types, embeddingNames.types)] : []),
    ...norm('embeddings.norm', embedding, prefix + embeddingNames.norm)
  ]
  if (embedding !== hidden) {
    placements.push(
      ...dense('projection', [embedding, hidden], [prefix + embeddingNames.projection])
    )
  }
  for (let n = 0; n < layers; n++) {
    const ours = `layer${n + 1}`
    const their = (part: string) => `${prefix}${layersName}.${n}.${part}`
    const attention = [layer.query, layer.key, layer.value].map(their)
    placements.push(
      ...dense(`${ours}.attention`, [hidden, 3 * hidden], attention),
      ...dense(`${ours}.attention.output`, [hidden, hidden], [their(layer.attentionOutput)]),
      ...norm(`${ours}.attention.norm`, hidden, their(layer.attentionNorm)),
      ...dense(`${ours}.inner`, [hidden, intermediate], [their(layer.inner)]),
      ...dense(`${ours}.output`, [intermediate, hidden], [their(layer.output)]),
      ...norm(`${ours}.norm`, hidden, their(layer.norm))
    )
  }
  return placements
}

/** The layer before the classifier. */
export function poolerPlacements({ family, sizes }: CheckpointSizes, prefix: string): Placement[] {
  const { name, inEncoder } = families[family].pooler
  const theirs = inEncoder ? prefix + name : name
  return dense('pooler', [sizes.hidden, sizes.hidden], [theirs])
}

export function classifierPlacements(
  { family, sizes }: CheckpointSizes,
  classes: number
): Placement[] {
  return dense('classifier', [sizes.hidden, classes], [families[family].classifier])
}

/** The shape of each of the tensors that ours is made of. */
export function shapeOfParts({ shape, from, transposed }: Placement): number[] {
  const part = [...shape.slice(0, -1), shape.at(-1)! / from.length]
  return transposed ? part.reverse() : part
}

/** Writes one of the tensors that ours is made of, theirs number `index`, to its place in `ours`. */
export function putPart(
  placement: Placement,
  index: number,
  { part, ours }: { part: Float32Array; ours: Float32Array }
): void {
  const { rows, columns, offset, stride } = layout(placement, index)
  if (!placement.transposed) {
    ours.set(part, offset)
    return
  }
  for (let column = 0; column < columns; column++) {
    for (let row = 0; row < rows; row++) {
      ours[row * stride + offset + column] = part[column * rows + row]!
    }
  }
}

/** The reverse of `putPart`: theirs number `index` from ours. */
export function takePart(placement: Placement, index: number, ours: Float32Array): Float32Array {
  const { rows, columns, offset, stride } = layout(placement, index)
  if (!placement.transposed) return ours.subarray(offset, offset + rows * columns)
  const part = new Float32Array(rows * columns)
  for (let column = 0; column < columns; column++) {
    for (let row = 0; row < rows; row++) {
      part[column * rows + row] = ours[row * stride + offset + column]!
    }
  }
  return part
}

/** Rows and columns of a part as it lies in ours, from `offset` in rows of `stride` numbers. */
function layout({ shape, from }: Placement, index: number) {
  const stride = shape.at(-1)!
  const columns = stride / from.length
  return { rows: sizeOf(shape) / stride, columns, offset: index * columns, stride }
}

function dense(
  name: string,
  shape: readonly [number, number],
  from: readonly string[]
): Placement[] {
  const named = (kind: string) => from.map((each) => `${each}.${kind}`)
  return [
    { name: `${name}.weight`, shape, from: named('weight'), transposed: true },
    { name: `${name}.bias`, shape: [shape[1]], from: named('bias'), transposed: false }
  ]
}

function norm(name: string, size: number, from: string): Placement[] {
  return [
    { name: `${name}.scale`, shape: [size], from: [`${from}.weight`], transposed: false },
    { name: `${name}.shift`, shape: [size], from: [`${from}.bias`], transposed: false }
  ]
}
