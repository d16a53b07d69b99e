/** The models: a row each. Adding one is a file, its row here and a parity test. */
import { z } from 'zod'
import type { EncoderFamily } from './encoder.ts'
import { encoder, encoderFamilies } from './encoder.ts'
import type { Model } from './model.ts'
import { textCnn } from './text-cnn.ts'

export const modelNames = ['text-cnn', ...encoderFamilies] as const
export type ModelName = (typeof modelNames)[number]

/** Sizes of a model by name; the schema of its row says which. */
export type ModelSizes = Record<string, number>

interface ModelRow {
  readonly title: string
  /** Throws a ZodError for sizes that are missing or out of range. */
  create(sizes: ModelSizes, classes: number): Model
  /** Sizes by the name that `init --model` takes, for models that start from nothing. */
  readonly presets: Readonly<Record<string, ModelSizes>>
  /** Counts the changes of what the same training comes to: what was computed before is no longer so. */
  readonly revision: number
  /** What its tokens are: whole words of a vocabulary, or pieces of words. */
  readonly tokens: 'words' | 'pieces'
}

const textCnnSizes = z.object({
  embedding: z.int().min(1).max(4096),
  filters: z.int().min(1).max(4096),
  firstWidth: z.int().min(1).max(64),
  secondWidth: z.int().min(1).max(64)
})

const width = z.int().min(1).max(65_536)

const encoderSizes = z.object({
  embedding: width,
  hidden: width,
  layers: z.int().min(1).max(1000),
  heads: z.int().min(1).max(1000),
  intermediate: width,
  positions: z.int().min(4).max(1_000_000),
  types: z.int().min(0).max(16),
  normEpsilon: z.number().positive(),
  padId: z.int().min(0)
})

/** Layers, width and heads of Google's small BERTs (Turc et al., 2019). */
const encoderPresets = { tiny: [2, 128, 2], mini: [4, 256, 4], small: [4, 512, 8] } as const

function encoderRow(family: EncoderFamily, title: string): ModelRow {
  const sizesOf = ([layers, hidden, heads]: readonly [number, number, number]): ModelSizes => ({
    embedding: hidden,
    ...{ hidden, layers, heads },
    intermediate: 4 * hidden,
    positions: 512,
    types: family === 'distilbert' ? 0 : 2,
    normEpsilon: 1e-12,
    padId: 0
  })
  return {
    title,
    create: (sizes, classes) => encoder(family, encoderSizes.parse(sizes), classes),
    presets: Object.fromEntries(
      Object.entries(encoderPresets).map(([size, of]) => [`${family}-${size}`, sizesOf(of)])
    ),
    // 2: the last layer works out the first token alone, and drops numbers of that alone.
    revision: 2,
    tokens: 'pieces'
  }
}

/** What a model adds to the key of what it has computed; the first revision's keys do not name it. */
export function revisionOf(name: ModelName): { revision?: number } {
  const { revision } = models[name]
  return revision > 1 ? { revision } : {}
}

/** A model that starts from nothing, by the name of a preset. */
export interface Preset {
  name: ModelName
  sizes: ModelSizes
}

/** The presets of all models, by name. */
export function presetModels(): Map<string, Preset> {
  return new Map(
    modelNames.flatMap((name) =>
      Object.entries(models[name].presets).map(([preset, sizes]) => [preset, { name, sizes }])
    )
  )
}

export const models: Readonly<Record<ModelName, ModelRow>> = {
  'text-cnn': {
    title: 'TextCNN',
    create(sizes, classes) {
      const { embedding, filters, firstWidth, secondWidth } = textCnnSizes.parse(sizes)
      return textCnn({ embedding, filters, widths: [firstWidth, secondWidth] }, classes)
    },
    presets: { 'text-cnn': { embedding: 128, filters: 20, firstWidth: 5, secondWidth: 5 } },
    revision: 1,
    tokens: 'words'
  },
  bert: encoderRow('bert', 'BERT'),
  roberta: encoderRow('roberta', 'RoBERTa'),
  distilbert: encoderRow('distilbert', 'DistilBERT'),
  electra: encoderRow('electra', 'ELECTRA')
}
