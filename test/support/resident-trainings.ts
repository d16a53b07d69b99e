/** Trainings that are small, to be done with the parameters on a device and from the host. */
import type { Executor, Tensors } from '../../src-main/executors/executor.ts'
import { onnxruntimeExecutor } from '../../src-main/executors/onnxruntime.ts'
import type { Model } from '../../src-main/models/model.ts'
import { encoder } from '../../src-main/models/encoder.ts'
import { textCnn } from '../../src-main/models/text-cnn.ts'
import { hash32 } from '../../src-main/random.ts'
import type { OptimizerSettings } from '../../src-main/training/optimizers.ts'
import type { TrainingSettings } from '../../src-main/training/settings.ts'
import { unrefined } from '../../src-main/training/settings.ts'
import type {
  EpochResult,
  TrainingObserver,
  TrainingPoint,
  TrainingSet
} from '../../src-main/training/trainer.ts'
import { Trainer } from '../../src-main/training/trainer.ts'
import { encoded } from './views.ts'

const words = 40
const rows = 40

const sizes = {
  ...{ embedding: 16, hidden: 16, layers: 2, heads: 2, intermediate: 32, positions: 26 },
  ...{ types: 2, normEpsilon: 1e-12 }
}

/** Models that are small, and of which every part is trained. */
export const residentModels: Readonly<Record<'TextCNN' | 'BERT' | 'RoBERTa', Model>> = {
  TextCNN: textCnn({ embedding: 8, filters: 6, widths: [3, 2] }, 3),
  BERT: encoder('bert', { ...sizes, padId: 0 }, 3),
  RoBERTa: encoder('roberta', { ...sizes, padId: 1 }, 3)
}

/** A rate that changes, and decay strong enough to be seen. */
const base: TrainingSettings = {
  ...unrefined,
  ...{ epochs: 3, batchSize: 4, learningRate: 3e-3, finalShare: 0.1, warmUpShare: 0.2 },
  ...{ embeddingLimit: 0.5, maximumLength: 24 },
  optimizer: { kind: 'adamw', betas: [0.9, 0.999], epsilon: 1e-8, weightDecay: 0.5 }
}
const sgd: Partial<TrainingSettings> = {
  optimizer: { kind: 'sgd', momentum: 0.9 } satisfies OptimizerSettings,
  learningRate: 0.05
}

/** A training, by what is set for it. */
export interface Variant {
  name: string
  of: keyof typeof residentModels
  changes: Partial<TrainingSettings>
}

/** Each differs from the one before it by what it is called after. */
export const residentVariants: readonly Variant[] = [
  { name: 'AdamW', of: 'TextCNN', changes: {} },
  { name: 'AdamW, clipped', of: 'TextCNN', changes: { clipNorm: 0.02 } },
  { name: 'SGD', of: 'TextCNN', changes: sgd },
  {
    name: 'SGD without momentum',
    of: 'TextCNN',
    changes: { ...sgd, optimizer: { kind: 'sgd', momentum: 0 } }
  },
  {
    name: 'SGD, clipped, in parts',
    of: 'TextCNN',
    changes: { ...sgd, clipNorm: 0.1, accumulation: 3 }
  },
  { name: 'AdamW', of: 'BERT', changes: {} },
  { name: 'AdamW, clipped, with dropout', of: 'BERT', changes: { clipNorm: 0.1, dropout: 0.2 } },
  {
    name: 'AdamW, the first layer frozen',
    of: 'BERT',
    changes: { frozenLayers: 1, clipNorm: 0.1 }
  },
  {
    name: 'AdamW, in parts',
    of: 'BERT',
    changes: { accumulation: 2, clipNorm: 0.1, dropout: 0.2 }
  },
  { name: 'SGD, clipped', of: 'BERT', changes: { ...sgd, clipNorm: 0.5 } },
  { name: 'AdamW, in parts, [PAD] not the first', of: 'RoBERTa', changes: { accumulation: 3 } }
]

/**
 * Random texts, with [PAD] in them as an edit leaves it, of which some rows have no weight; short, as
 * each shape of batch is compiled.
 */
export function residentData(): TrainingSet {
  const textOf = (row: number) =>
    Array.from({ length: 3 + (hash32(row) % 6) }, (_, i) => hash32(row, i) % words)
  const { texts } = encoded(
    Array.from({ length: rows }, (_, row) => textOf(row)),
    []
  )
  return {
    texts,
    rows: Int32Array.from({ length: rows }, (_, row) => row),
    classes: Int32Array.from({ length: rows }, (_, row) => hash32(row + 7) % 3),
    weights: Float32Array.from({ length: rows }, (_, row) => (row % 5 === 0 ? 0 : 1))
  }
}

/** Where the parameters are with the host. */
export const host = onnxruntimeExecutor({ threads: 1 })

interface Trained {
  parameters: Tensors
  epochs: EpochResult[]
  points: TrainingPoint[]
}

/** A whole training, with what it was like after every epoch. */
export async function trained(
  executor: Executor,
  { of, changes }: Omit<Variant, 'name'>,
  { from, ...observer }: TrainingObserver & { from?: TrainingPoint | undefined } = {}
): Promise<Trained> {
  const settings = { ...base, ...changes }
  const trainer = new Trainer(residentModels[of], { words, settings, executor })
  const [epochs, points]: [EpochResult[], TrainingPoint[]] = [[], []]
  const onEpoch: TrainingObserver['onEpoch'] = async (result, parameters, state) => {
    epochs.push(result)
    points.push({
      epoch: result.epoch,
      parameters: copied(parameters),
      state: new Map(Array.from(state, ([name, data]) => [name, data.slice()]))
    })
    await observer.onEpoch?.(result, parameters, state)
  }
  // It is trained in place, and may be gone on from again.
  const start = from && { ...from, parameters: copied(from.parameters) }
  const parameters = await trainer.train(residentData(), 3, { ...observer, onEpoch }, start)
  await trainer.dispose()
  return { parameters: copied(parameters), epochs, points }
}

const copied = (tensors: Tensors): Tensors =>
  Object.fromEntries(Object.entries(tensors).map(([name, data]) => [name, data.slice()]))

/** The largest difference of two tensors of each name, relative to the largest number of it. */
export function differencesOf(actual: Tensors, expected: Tensors): Map<string, number> {
  return new Map(
    Object.entries(expected).map(([name, numbers]) => {
      const skip = keyBiases(name, numbers.length)
      let [scale, worst] = [Number.EPSILON, 0]
      numbers.forEach((number, i) => {
        if (i >= skip[0] && i < skip[1]) return
        scale = Math.max(scale, Math.abs(number))
        worst = Math.max(worst, Math.abs(actual[name]![i]! - number))
      })
      return [name, worst / scale]
    })
  )
}

/** The keys' biases shift all scores alike: their gradient is rounding, of which AdamW makes steps. */
function keyBiases(name: string, size: number): readonly [number, number] {
  return name.endsWith('attention.bias') ? [size / 3, (2 * size) / 3] : [0, 0]
}
