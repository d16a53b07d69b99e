/** The models: a row each. Adding one is a file, its row here and a parity test. */
import { z } from 'zod'
import type { Model } from './model.ts'
import { textCnn } from './text-cnn.ts'

export const modelNames = ['text-cnn'] as const
export type ModelName = (typeof modelNames)[number]

/** Sizes of a model by name; the schema of its row says which. */
export type ModelSizes = Record<string, number>

interface ModelRow {
  readonly title: string
  /** Throws a ZodError for sizes that are missing or out of range. */
  create(sizes: ModelSizes, classes: number): Model
  readonly defaultSizes: ModelSizes
}

const textCnnSizes = z.object({
  embedding: z.int().min(1).max(4096),
  filters: z.int().min(1).max(4096),
  firstWidth: z.int().min(1).max(64),
  secondWidth: z.int().min(1).max(64)
})

export const models: Readonly<Record<ModelName, ModelRow>> = {
  'text-cnn': {
    title: 'TextCNN',
    create(sizes, classes) {
      const { embedding, filters, firstWidth, secondWidth } = textCnnSizes.parse(sizes)
      return textCnn({ embedding, filters, widths: [firstWidth, secondWidth] }, classes)
    },
    defaultSizes: { embedding: 128, filters: 20, firstWidth: 5, secondWidth: 5 }
  }
}
