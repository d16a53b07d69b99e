/** The tiny encoders of `test/parity/encoders.py`, with what transformers computes from them. */
import { join } from 'node:path'
import { openCheckpoint } from '../../src-main/checkpoints/open.ts'
import type { Tensors } from '../../src-main/executors/executor.ts'
import type { EncoderFamily, EncoderSizes } from '../../src-main/models/encoder.ts'
import { encoder } from '../../src-main/models/encoder.ts'
import { initialParameters } from '../../src-main/models/parameters.ts'
import type { Packed } from './golden.ts'
import { golden } from './golden.ts'

export const encoderNames = ['bert', 'roberta', 'distilbert', 'electra', 'minilm'] as const
export type EncoderName = (typeof encoderNames)[number]

/** Rows of ids with what they are, all padded to one length. */
interface Rows {
  ids: number[][]
  lengths: number[]
  types: number[][]
  labels: number[]
}

export interface GoldenEncoder {
  family: EncoderFamily
  sizes: EncoderSizes
  labels: string[]
  headParameters?: Record<string, Packed>
  batch: Rows & { logits: number[][]; losses: number[]; inputGradients: Packed }
  training: {
    rows: Rows
    batches: number[][]
    learningRates: number[]
    betas: [number, number]
    eps: number
    weightDecay: number
    clipNorm: number
    losses: number[]
    gradientNorms: number[]
  }
}

const folder = join(import.meta.dirname, '../parity/golden/encoders')

/** One of them, with its parameters as the folder has them, and a head where that has none. */
export async function goldenEncoder(name: EncoderName) {
  const given = golden<GoldenEncoder>(`encoders/${name}`)
  const { tensors } = await openCheckpoint(join(folder, name))
  const head = Object.entries(given.headParameters ?? {})
  const parameters: Tensors = { ...tensors }
  for (const [parameter, { data }] of head) parameters[parameter] = Float32Array.from(data)
  const model = encoder(given.family, given.sizes, given.labels.length)
  return { given, model, parameters }
}

/** Texts as a model reads them, without the padding at their ends. */
export function textsOf({ ids, lengths, types }: Rows) {
  return ids.map((row, i) => {
    const length = lengths[i]!
    const second = types[i]!.indexOf(1)
    return { ids: Int32Array.from(row.slice(0, length)), second: second < 0 ? length : second }
  })
}

/** Parameters to start from in which nothing is left to chance. */
export function startOf(encoderOf: Awaited<ReturnType<typeof goldenEncoder>>): Tensors {
  const { model, parameters } = encoderOf
  const words = parameters['embedding']!.length / model.embeddingSize
  return initialParameters(model, { words, embeddingLimit: 1, seed: 0, given: parameters })
}
