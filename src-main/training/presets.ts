/** How each model is trained unless the user says otherwise; docs/results.md has the measurements. */
import type { ModelName } from '../models/models.ts'
import type { TrainingSettings } from './settings.ts'
import { adamW } from './settings.ts'

export const trainingPresets: Readonly<Record<ModelName, TrainingSettings>> = {
  'text-cnn': {
    epochs: 3,
    batchSize: 32,
    learningRate: 2e-3,
    finalShare: 0.1,
    optimizer: adamW,
    maximumLength: 128
  }
}
