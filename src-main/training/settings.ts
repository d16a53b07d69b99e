/** How a model is trained: everything but the data and the seed. */
import { z } from 'zod'

const decay = z.number().min(0).lt(1)

export const optimizerSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('sgd'), momentum: decay }),
  z.object({
    kind: z.literal('adamw'),
    // Otherwise the steps that a word is owed while no batch has it would grow without end.
    betas: z
      .tuple([decay, decay])
      .readonly()
      .refine(([mean, square]) => mean < Math.sqrt(square), 'the first must be below √ the second'),
    epsilon: z.number().positive(),
    weightDecay: z.number().min(0)
  })
])

export const trainingSchema = z.object({
  epochs: z.int().min(1).max(1000),
  /** Rows a step. */
  batchSize: z.int().min(1).max(4096),
  /** The rate of the first step; it falls linearly to `finalShare` of it at the last. */
  learningRate: z.number().positive(),
  finalShare: z.number().min(0).max(1),
  optimizer: optimizerSchema,
  /**
   * The embedding starts uniformly in ± this. It goes with the optimizer: a step of Adam is of one
   * size whatever that of the gradient, one of SGD is not and needs a larger start to learn at all.
   */
  embeddingLimit: z.number().positive().default(0.01),
  /** Longer texts are cut to this many tokens. */
  maximumLength: z.int().min(3).max(4096)
})

export type TrainingSettings = z.infer<typeof trainingSchema>

/** AdamW as in its paper. */
export const adamW = {
  kind: 'adamw',
  betas: [0.9, 0.999],
  epsilon: 1e-8,
  weightDecay: 0.01
} as const

/** The learning rate of step `step` of `steps`, counted from 0. */
export function learningRateAt(
  { learningRate, finalShare }: TrainingSettings,
  step: number,
  steps: number
): number {
  const progress = steps > 1 ? step / (steps - 1) : 0
  return learningRate * (1 - (1 - finalShare) * progress)
}
