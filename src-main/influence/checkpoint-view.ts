/** A checkpoint with its gradients, ready for the methods. */
import type { GradientExtractor, LabelledTexts } from '../gradients/extractor.ts'
import { extractAll } from '../gradients/extractor.ts'
import type { TrainingGradients } from '../gradients/gradient-files.ts'
import type { CheckpointView } from './query.ts'

export interface ViewOptions {
  learningRate: number
  extractor: GradientExtractor
  /** One for single texts, where an example is waited for. */
  single?: GradientExtractor
  gradients: TrainingGradients
  training: LabelledTexts
  /** The example, alone, with its true class. */
  example: LabelledTexts
  signal?: AbortSignal | undefined
}

/** Joins what is on disk with what is extracted when asked for. */
export function checkpointView(options: ViewOptions): CheckpointView {
  const {
    learningRate,
    extractor,
    single = extractor,
    gradients,
    training,
    example,
    signal
  } = options
  return {
    ...gradients,
    learningRate,
    extract: (indices, positions) => extractor.extract(training, indices, { positions, signal }),
    example: async (positions) => (await extractAll(single, example, [0], positions))[0]!
  }
}
