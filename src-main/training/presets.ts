/** How each model is trained unless the user says otherwise; docs/results.md has the measurements. */
import type { ModelName } from '../models/models.ts'
import type { OptimizerSettings } from './optimizers.ts'
import type { TrainingSettings } from './settings.ts'
import { adamW } from './settings.ts'

type OptimizerName = OptimizerSettings['kind']

const textCnn = { batchSize: 32, finalShare: 0.1, maximumLength: 128 }

/** By model and optimizer; AdamW's is what a new project gets. */
export const trainingPresets: Readonly<
  Record<ModelName, Readonly<Record<OptimizerName, TrainingSettings>>>
> = {
  'text-cnn': {
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
}
