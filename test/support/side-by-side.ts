/** Several trainings that share a device, each in a process of its own, as rounds do. */
import type { DeviceName } from '../../src-main/executors/devices.ts'
import type { ModelName } from '../../src-main/models/models.ts'
import { models } from '../../src-main/models/models.ts'
import { measureStep } from '../../src-main/pipeline/measure-step.ts'
import { trainingPresets } from '../../src-main/training/presets.ts'

export interface TimedModel {
  model: ModelName
  preset: string
  /** Tokens of a text, of which 32 make a batch. */
  tokens: number
  /** Rows of the embedding. */
  words: number
}

const rows = 32

/** Seconds that a step takes, counted over all trainings that run at once. */
export function secondsOfAll(
  timed: TimedModel,
  on: { device: DeviceName; atOnce: number }
): Promise<number> {
  return secondsOf(timed, rows, on)
}

/**
 * What one graph for so many trainings, with an axis for the training, could take at the least: the
 * seconds of one training with as many times the rows, whose weights are read once for all.
 */
export function secondsOfOneGraph(
  timed: TimedModel,
  { device, trainings }: { device: DeviceName; trainings: number }
): Promise<number> {
  return secondsOf(timed, trainings * rows, { device, atOnce: 1 })
}

/** Seconds for each 32 rows. */
async function secondsOf(
  { model, preset, tokens, words }: TimedModel,
  batchSize: number,
  on: { device: DeviceName; atOnce: number }
): Promise<number> {
  const sizes = models[model].presets[preset]!
  const settings = { ...trainingPresets(model, false).adamw, batchSize, accumulation: 1 }
  const step = { model: { name: model, sizes }, classes: 2, settings, words, tokens }
  const seconds = await measureStep(step, { ...on, operatorThreads: 1 })
  return (seconds * rows) / (batchSize * on.atOnce)
}
