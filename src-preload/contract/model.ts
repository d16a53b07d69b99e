/** The base model: how it may be trained, how it was, and what it gets wrong. */
import { z } from 'zod'
import { baseSchema, epochSchema } from '../../src-main/training/base-record.ts'
import { trainingSchema } from '../../src-main/training/settings.ts'
import { call, inProject, pickedToken, rowId, startedJob } from './call.ts'
import { expectation } from './models.ts'

const optimizerName = z.enum(['adamw', 'sgd'])

export const modelInfo = z.object({
  title: z.string(),
  /** Layers and width of an encoder; null for other models. */
  encoder: z.object({ layers: z.int(), width: z.int() }).nullable(),
  /** Numbers that training may change; null before it is known how many words there are. */
  parameters: z.int().nullable(),
  /** The folder that it was taken from; null for one that starts from nothing. */
  takenFrom: z.string().nullable(),
  labels: z.array(z.string()),
  presets: z.array(
    z.object({
      optimizer: optimizerName,
      settings: trainingSchema,
      /** From the last training or, for a small model, a guess; null where only `expect` can tell. */
      expectedSeconds: z.number().nullable()
    })
  ),
  /** What the next training uses unless it is told otherwise. */
  settings: trainingSchema,
  trained: baseSchema.nullable(),
  /** The same for the same training, whatever it cost; null before training. */
  modelKey: z.string().nullable(),
  /** Why it has no form for other programs; null where it has, once it is trained. */
  exportRefusal: z.string().nullable(),
  /** [true class][predicted class], held-out rows; null before training. */
  confusion: z.array(z.array(z.int())).nullable(),
  /** A training that was stopped; the same settings and seed go on from there. */
  unfinished: z
    .object({ seed: z.int(), settings: trainingSchema, epochs: z.array(epochSchema) })
    .nullable()
})

export type ModelInfo = z.infer<typeof modelInfo>

/** Mistakes of the base model, a number each; index i is one mistake in every list. */
export const mistakeTable = z.object({
  labels: z.array(z.string()),
  examples: z.array(rowId),
  /** Of the true label. */
  probabilities: z.array(z.number()),
  trueClasses: z.array(z.int()),
  predictedClasses: z.array(z.int()),
  /** Baseline rounds that are known; `fixed` counts those in which each was right. */
  rounds: z.int(),
  fixed: z.array(z.int()),
  heldOut: z.int()
})

export type MistakeTable = z.infer<typeof mistakeTable>

export const modelContract = {
  info: call(inProject, modelInfo),
  /** Memory and time of a training with the project's settings, the time by a few steps of it. */
  expect: call(inProject, expectation),
  train: call(
    inProject.extend({
      optimizer: optimizerName,
      changes: trainingSchema
        .pick({
          ...{ epochs: true, batchSize: true, learningRate: true, maximumLength: true },
          ...{ warmUpShare: true, clipNorm: true, dropout: true, frozenLayers: true },
          accumulation: true
        })
        .partial(),
      seed: z.int().min(0)
    }),
    startedJob
  ),
  /** Writes the model of the last epoch for transformers, onnxruntime and transformers.js. */
  export: call(
    inProject.extend({
      /** A folder that the user has picked, to make one in; null: the exports of the project. */
      destination: pickedToken.nullable()
    }),
    startedJob
  )
} as const

export const mistakesContract = {
  table: call(inProject, mistakeTable),
  /** Beginnings of texts, in the order of `rows`. */
  texts: call(inProject.extend({ rows: z.array(rowId).max(500) }), z.array(z.string())),
  /** Held-out mistakes whose text holds this, in any case. */
  search: call(inProject.extend({ query: z.string().min(1).max(200) }), z.array(rowId)),
  /** Retrains without any edit, so that it is known which mistakes are stable. */
  measureStability: call(inProject.extend({ rounds: z.int().min(1).max(200) }), startedJob)
} as const
