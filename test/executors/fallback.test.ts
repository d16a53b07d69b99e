import { describe, expect, test } from 'vitest'
import type { Executor } from '../../src-main/executors/executor.ts'
import { withFallback } from '../../src-main/executors/fallback.ts'
import { onnxruntimeExecutor } from '../../src-main/executors/onnxruntime.ts'
import { encoder } from '../../src-main/models/encoder.ts'
import { textCnn } from '../../src-main/models/text-cnn.ts'
import { trainingPresets } from '../../src-main/training/presets.ts'
import type { TrainingSet } from '../../src-main/training/trainer.ts'
import { Trainer } from '../../src-main/training/trainer.ts'
import { add, constant, input } from '../../src-main/graph/build.ts'
import { losingDevice } from '../support/losing-device.ts'
import { encoded } from '../support/views.ts'

const cpu = onnxruntimeExecutor({ threads: 1 })

const texts = Array.from({ length: 24 }, (_, row) => [2, 4 + (row % 5), 5 + (row % 7), 9, 11, 3])
const data: TrainingSet = {
  texts: encoded(texts, []).texts,
  rows: Int32Array.from(texts.keys()),
  classes: Int32Array.from(texts, (_, row) => row % 2),
  weights: new Float32Array(texts.length).fill(1)
}
const sizes = {
  ...{ embedding: 8, hidden: 8, layers: 1, heads: 2, intermediate: 16, positions: 16, types: 2 },
  ...{ normEpsilon: 1e-12, padId: 0 }
}
const models = {
  TextCNN: textCnn({ embedding: 8, filters: 4, widths: [3, 1] }, 2),
  BERT: encoder('bert', sizes, 2)
}

describe.each(Object.entries(models))('a training of %s', (_, model) => {
  const settings = { ...trainingPresets('bert', false).adamw, epochs: 2, batchSize: 4 }
  const train = async (executor: Executor) => {
    const trainer = new Trainer(model, { words: 20, settings, executor })
    const parameters = await trainer.train(data, 3)
    await trainer.dispose()
    return parameters
  }

  // The first call compiles; 12 steps are run.
  test.each([1, 2, 5, 13])('ends as on the CPU where its device is lost at call %i', async (n) => {
    const notes: string[] = []
    const device = losingDevice(n)
    const parameters = await train(withFallback(device, cpu, (reason) => notes.push(reason)))
    expect(parameters).toEqual(await train(cpu))
    expect(notes).toEqual(['device lost'])
    expect(device.calls).toBeGreaterThanOrEqual(n)
  })

  test('stays where it is while nothing fails', async () => {
    const notes: string[] = []
    const device = losingDevice(1000)
    await train(withFallback(device, cpu, (reason) => notes.push(reason)))
    expect(notes).toEqual([])
    expect(device.calls).toBeGreaterThan(12)
  })
})

test('feeds that do not fit are an error of the caller, and no reason to change', async () => {
  const notes: string[] = []
  const executor = withFallback(cpu, cpu, (reason) => notes.push(reason))
  const graph = { name: 'test', outputs: { y: add(input('x', [2]), constant([1])) } }
  const executable = await executor.compile(graph)
  await expect(executable.run({ x: new Float32Array(3) })).rejects.toThrow('was given 3 numbers')
  expect(notes).toEqual([])
  await executable.dispose()
})
