/** Whole steps of training on a device, one batch again and again, with what they move. */
import type { DeviceName } from '../../src-main/executors/devices.ts'
import { isOfOnnxruntime } from '../../src-main/executors/devices.ts'
import { executorOn } from '../../src-main/executors/on-device.ts'
import { onnxruntimeExecutor } from '../../src-main/executors/onnxruntime.ts'
import type { Model } from '../../src-main/models/model.ts'
import { initialParameters } from '../../src-main/models/parameters.ts'
import { adamW, unrefined } from '../../src-main/training/settings.ts'
import { StepPlaces } from '../../src-main/training/step-places.ts'
import { drawTexts, batchOf, words } from '../bench/data.ts'
import { measure, median } from '../bench/measure.ts'

/** Bytes between the host and the device. */
export interface Moved {
  fed: number
  fetched: number
}

export interface TrainSteps {
  /** Takes one step, or so many, and waits until it is known what the last has come to. */
  run(count?: number): Promise<void>
  /** Bytes of the last run; only onnxruntime tells them. */
  readonly moved: Moved
  dispose(): Promise<void>
}

export interface TrainStepsOptions {
  device: DeviceName
  threads: number
  /** As in `OnnxruntimeOptions`. */
  keepsTensors?: boolean
}

/** Steps of AdamW as a training takes them, on texts of one length. */
export function trainSteps(
  model: Model,
  { rows, tokens }: { rows: number; tokens: number },
  { device, ...options }: TrainStepsOptions
): TrainSteps {
  const moved: Moved = { fed: 0, fetched: 0 }
  const onRun = ({ fed, fetched }: Moved) => {
    moved.fed += fed
    moved.fetched += fetched
  }
  const executor = isOfOnnxruntime(device)
    ? onnxruntimeExecutor({ device, onRun, ...options })
    : executorOn(device, options)
  const settings = {
    ...unrefined,
    ...{ epochs: 1, batchSize: rows, learningRate: 1e-4, finalShare: 1, optimizer: adamW },
    ...{ embeddingLimit: 0.035, maximumLength: tokens }
  }
  const places = new StepPlaces({ model, words, settings, executor })
  const parameters = initialParameters(model, { words, embeddingLimit: 0.035, seed: 1 })
  const stepper = places.open(parameters, 1)
  const { texts, classes } = drawTexts(rows, tokens, { seed: 1, special: true })
  const batch = batchOf(texts, 0, rows)
  const rowWeight = new Float32Array(rows).fill(1 / rows)
  const labels = Array.from(classes)
  let step = 0
  return {
    moved,
    async run(count = 1) {
      moved.fed = moved.fetched = 0
      const { learningRate } = settings
      for (let n = 0; n < count; n++) {
        await stepper.step({ texts: batch, classes: labels, rowWeight, learningRate, step: ++step })
      }
      await stepper.rest()
    },
    dispose: () => places.dispose()
  }
}

/**
 * Milliseconds of a step where one follows the other, as in a training: a device has the next before
 * it is done with one. The median of runs of several, after those that compile and take the numbers
 * there.
 */
export async function timeOfSteps(steps: TrainSteps, seconds: number): Promise<number> {
  for (let n = 0; n < 2; n++) await steps.run()
  const start = performance.now()
  await steps.run()
  const count = Math.min(Math.max(Math.round(250 / (performance.now() - start)), 1), 16)
  const { ms } = await measure({ run: () => steps.run(count) }, seconds)
  return median(ms) / count
}

/** Bytes of a step, once the parameters are where they stay. */
export async function movedBytes(...given: Parameters<typeof trainSteps>): Promise<Moved> {
  const steps = trainSteps(...given)
  // The first takes the parameters there.
  for (let step = 0; step < 2; step++) await steps.run()
  const { fed, fetched } = steps.moved
  await steps.dispose()
  return { fed, fetched }
}
