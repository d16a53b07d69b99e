import { describe, expect, it } from 'vitest'
import type { Executor } from '../../src-main/executors/executor.ts'
import { onnxruntimeExecutor } from '../../src-main/executors/onnxruntime.ts'
import { models, presetModels } from '../../src-main/models/models.ts'
import { hash32 } from '../../src-main/random.ts'
import { wordTexts } from '../../src-main/tokens/encode.ts'
import type { TrainingLoad } from '../../src-main/training/memory.ts'
import { stepShapes, trainingBytes } from '../../src-main/training/memory.ts'
import { trainingPresets } from '../../src-main/training/presets.ts'
import { Trainer } from '../../src-main/training/trainer.ts'

const words = 500
/** 100 texts of 3 to 30 tokens. */
const lengths = Array.from({ length: 100 }, (_, i) => 3 + (hash32(i) % 28))
const offsets = Int32Array.from([0, ...lengths.map((_, i) => sum(lengths.slice(0, i + 1)))])
const ids = Int32Array.from({ length: offsets.at(-1)! }, (_, i) => 5 + (hash32(i, 1) % 400))
const texts = wordTexts({ ids, offsets, padId: 0 })
const rows = Int32Array.from(lengths.keys())

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

function load(preset: string, changes: Partial<TrainingLoad['settings']> = {}): TrainingLoad {
  const { name, sizes } = presetModels().get(preset)!
  const settings = { ...trainingPresets(name, false).adamw, ...changes }
  const model = models[name].create(sizes, 2)
  return { model, settings, words, texts, rows, seed: 4, isPretrained: false }
}

describe('the memory of a training', () => {
  it.each([
    { preset: 'text-cnn', accumulation: 1 },
    { preset: 'text-cnn', accumulation: 3 },
    { preset: 'bert-tiny', accumulation: 1 }
  ] as const)(
    'counts every shape of $preset that is compiled, in $accumulation parts a step',
    async ({ preset, accumulation }) => {
      const given = load(preset, { epochs: 2, batchSize: 16, accumulation })
      let compiled = 0
      const real = onnxruntimeExecutor({ threads: 1 })
      const executor: Executor = {
        ...real,
        compile(...graph) {
          compiled++
          return real.compile(...graph)
        }
      }
      const trainer = new Trainer(given.model, { words, settings: given.settings, executor })
      const classes = rows.map((row) => row % 2)
      const weights = new Float32Array(rows.length).fill(1)
      await trainer.train({ texts, rows, classes, weights }, given.seed)
      await trainer.dispose()
      expect(stepShapes(given)).toHaveLength(compiled)
    }
  )

  it('is less in parts, with frozen layers, and without momentum', () => {
    const usual = trainingBytes(load('bert-mini'))
    expect(trainingBytes(load('bert-mini', { accumulation: 4 }))).toBeLessThan(0.6 * usual)
    expect(trainingBytes(load('bert-mini', { frozenLayers: 3 }))).toBeLessThan(0.6 * usual)
    const optimizer = { kind: 'sgd', momentum: 0.9 } as const
    expect(trainingBytes(load('bert-mini', { optimizer }))).toBeLessThan(usual)
    expect(trainingBytes({ ...load('bert-mini'), isPretrained: true })).toBeGreaterThan(usual)
    expect(trainingBytes(load('text-cnn'))).toBeLessThan(20e6)
  })
})
