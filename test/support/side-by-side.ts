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

/** Seconds that a step takes, counted over all trainings that run at once. */
export async function secondsOfAll(
  { model, preset, tokens, words }: TimedModel,
  on: { device: DeviceName; atOnce: number }
): Promise<number> {
  const sizes = models[model].presets[preset]!
  const settings = { ...trainingPresets(model, false).adamw, batchSize: 32, accumulation: 1 }
  const step = { model: { name: model, sizes }, classes: 2, settings, words, tokens }
  return (await measureStep(step, { ...on, operatorThreads: 1 })) / on.atOnce
}
