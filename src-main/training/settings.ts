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
  /** The rate of the first step after warming up; it falls linearly to `finalShare` of it. */
  learningRate: z.number().positive(),
  finalShare: z.number().min(0).max(1),
  optimizer: optimizerSchema,
  /**
   * The embedding starts uniformly in ± this. It goes with the optimizer: a step of Adam is of one
   * size whatever that of the gradient, one of SGD is not and needs a larger start to learn at all.
   */
  embeddingLimit: z.number().positive().default(0.01),
  /** Longer texts are cut to this many tokens. */
  maximumLength: z.int().min(3).max(4096),
  /** Share of the steps over which the learning rate rises from zero to the first rate. */
  warmUpShare: z.number().min(0).lt(1).default(0),
  /** Largest norm of a step's gradients together; larger ones are scaled down to it. */
  clipNorm: z.number().positive().nullable().default(null),
  /** Share of the numbers that are left out at random, where the model has dropout. */
  dropout: z.number().min(0).max(0.9).default(0),
  /** Layers, from the first on and with the embeddings, that keep their weights. */
  frozenLayers: z.int().min(0).default(0),
  /** Parts in which a step is worked out: the same step, in less memory. */
  accumulation: z.int().min(1).default(1)
})

export type TrainingSettings = z.infer<typeof trainingSchema>

/** Without what fine-tuning adds. */
export const unrefined = {
  warmUpShare: 0,
  clipNorm: null,
  dropout: 0,
  frozenLayers: 0,
  accumulation: 1
} as const

/** AdamW as in its paper. */
export const adamW = {
  kind: 'adamw',
  betas: [0.9, 0.999],
  epsilon: 1e-8,
  weightDecay: 0.01
} as const

/** The learning rate of step `step` of `steps`, counted from 0. */
export function learningRateAt(
  { learningRate, finalShare, warmUpShare }: TrainingSettings,
  step: number,
  steps: number
): number {
  const rising = Math.floor(warmUpShare * steps)
  if (step < rising) return (learningRate * (step + 1)) / (rising + 1)
  const progress = steps - rising > 1 ? (step - rising) / (steps - rising - 1) : 0
  return learningRate * (1 - (1 - finalShare) * progress)
}
