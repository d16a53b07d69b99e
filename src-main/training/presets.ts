/** How each model is trained unless the user says otherwise; docs/results.md has the measurements. */
import type { EncoderFamily } from '../models/encoder.ts'
import { encoderFamilies } from '../models/encoder.ts'
import type { ModelName } from '../models/models.ts'
import type { OptimizerSettings } from './optimizers.ts'
import type { TrainingSettings } from './settings.ts'
import { adamW, unrefined } from './settings.ts'

type OptimizerName = OptimizerSettings['kind']
type Presets = Readonly<Record<OptimizerName, TrainingSettings>>

const textCnn = { ...unrefined, batchSize: 32, finalShare: 0.1, maximumLength: 128 }

const ofTextCnn: Presets = {
  adamw: { ...textCnn, epochs: 3, learningRate: 2e-3, embeddingLimit: 0.01, optimizer: adamW },
  // With the momentum of the paper's code.
  sgd: {
    ...textCnn,
    epochs: 8,
    learningRate: 0.1,
    embeddingLimit: 0.1,
    optimizer: { kind: 'sgd', momentum: 0.9 }
  }
}

/**
 * As BERT was fine-tuned: the rate rises over a tenth of the steps, then falls; not to nothing, as
 * influence weighs a checkpoint by the rate of its last step.
 */
const encoder = {
  ...unrefined,
  batchSize: 32,
  finalShare: 0.1,
  maximumLength: 128,
  warmUpShare: 0.1,
  clipNorm: 1,
  dropout: 0.1,
  // The standard deviation of BERT's own start, 0.02.
  embeddingLimit: 0.02 * Math.sqrt(3)
}

const fineTuned: Presets = {
  adamw: { ...encoder, epochs: 3, learningRate: 5e-5, optimizer: adamW },
  sgd: { ...encoder, epochs: 5, learningRate: 0.02, optimizer: { kind: 'sgd', momentum: 0.9 } }
}

const ofFreshEncoder: Presets = {
  adamw: { ...encoder, epochs: 4, learningRate: 5e-4, optimizer: adamW },
  sgd: { ...encoder, epochs: 10, learningRate: 0.05, optimizer: { kind: 'sgd', momentum: 0.9 } }
}

/**
 * By optimizer, for a model that starts from nothing or `isPretrained`; a new project gets AdamW's.
 * Texts are no longer than the model takes.
 */
export function trainingPresets(
  name: ModelName,
  isPretrained: boolean,
  maximumTokens = Infinity
): Presets {
  const isEncoder = encoderFamilies.includes(name as EncoderFamily)
  const { adamw, sgd } = !isEncoder ? ofTextCnn : isPretrained ? fineTuned : ofFreshEncoder
  const cut = (settings: TrainingSettings) => {
    return { ...settings, maximumLength: Math.min(settings.maximumLength, maximumTokens) }
  }
  return { adamw: cut(adamw), sgd: cut(sgd) }
}
