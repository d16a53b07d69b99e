/** A typical batch of a training: what its time is measured with. */
import { paddedTokens } from '../models/batch-runner.ts'
import type { Preset } from '../models/models.ts'
import { models } from '../models/models.ts'
import type { EncodedTexts } from '../tokens/encode.ts'
import type { TrainingSettings } from '../training/settings.ts'

export interface TypicalStep {
  model: Preset
  classes: number
  settings: TrainingSettings
  /** Rows of the embedding. */
  words: number
  /** Tokens of each of its texts. */
  tokens: number
}

/** The typical batch of a training on these texts, or on many like them. */
export function typicalStep(
  training: Omit<TypicalStep, 'tokens'> & { texts: Pick<EncodedTexts, 'offsets'> }
): TypicalStep {
  const { texts, ...step } = training
  const { offsets } = texts
  const { name, sizes } = step.model
  const built = models[name].create(sizes, step.classes)
  const count = offsets.length - 1
  // Time goes with the number of tokens, padding included.
  let padded = 0
  for (let i = 0; i < count; i++) padded += paddedTokens(built, offsets[i + 1]! - offsets[i]!)
  return { ...step, tokens: paddedTokens(built, Math.round(padded / Math.max(count, 1))) }
}
