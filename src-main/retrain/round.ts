/** One round: a retraining from its own seed, with edits or without, judged on the held-out split. */
import type { DeviceName } from '../executors/devices.ts'
import type { Edit } from '../fix/edits.ts'
import { applyEdits } from '../fix/apply.ts'
import type { EncodedTexts } from '../tokens/encode.ts'
import type { Predictor } from '../training/predict.ts'
import type { Trainer, TrainingSet } from '../training/trainer.ts'
import { evaluate } from '../training/evaluate.ts'

export interface RoundTask {
  /** Content key of everything that the result depends on. */
  key: string
  seed: number
  edits: readonly Edit[]
}

/** What a round says about every held-out row, in the order of their ids. */
export interface RoundResult {
  key: string
  seed: number
  accuracy: number
  /** [held-out rows] */
  predicted: Int32Array
  /** [held-out rows] */
  trueProbability: Float32Array
  seconds: number
  /** What computed it; more than one where a device has failed in the middle. */
  devices: readonly DeviceName[]
}

export interface RoundTools {
  trainer: Trainer
  predictor: Predictor
  training: TrainingSet
  heldOut: { texts: EncodedTexts; classes: ArrayLike<number> }
  classes: number
}

/** Trains and predicts once. */
export async function runRound(
  { key, seed, edits }: RoundTask,
  { trainer, predictor, training, heldOut, classes }: RoundTools,
  { onStep, signal }: { onStep?: (done: number, total: number) => void; signal?: AbortSignal }
): Promise<Omit<RoundResult, 'devices'>> {
  const start = performance.now()
  const edited = applyEdits(training, edits)
  const parameters = await trainer.train(edited, seed, { ...(onStep && { onStep }), signal })
  const probabilities = await predictor.predict(heldOut.texts, parameters, signal)
  const { accuracy, predicted, trueProbability } = evaluate(probabilities, heldOut.classes, classes)
  const seconds = (performance.now() - start) / 1000
  return { key, seed, accuracy, predicted, trueProbability, seconds }
}
