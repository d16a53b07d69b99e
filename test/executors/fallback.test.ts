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
import { residentVariants, trained } from '../support/resident-trainings.ts'
import { encoded } from '../support/views.ts'

const cpu = onnxruntimeExecutor({ threads: 1 })
const isSame = (a: Float32Array, b: Float32Array) => a.every((number, i) => number === b[i])

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

describe.each(['TextCNN', 'BERT'] as const)('a training of %s with its parameters there', (of) => {
  const variant = residentVariants.find(
    ({ of: model, changes }) => model === of && changes.clipNorm !== undefined
  )!
  /** A training on a device that is lost at the n-th call, and what is told of it. */
  const lostAt = async (n: number) => {
    const [notes, steps]: [string[], number[]] = [[], []]
    const device = losingDevice(n, true)
    const executor = withFallback(device, cpu, (reason) => notes.push(reason))
    const lost = await trained(executor, variant, { onStep: (step) => void steps.push(step) })
    return { ...lost, notes, steps, calls: device.calls, offersMemory: !!executor.openMemory }
  }

  test('goes back to where the host last had it, whenever its device is lost', async () => {
    const whole = await lostAt(Infinity)
    expect(whole.notes).toEqual([])
    expect(whole.offersMemory).toBe(true)
    const { points } = await trained(
      onnxruntimeExecutor({ threads: 1, keepsTensors: true }),
      variant
    )
    const expected = await Promise.all(
      [undefined, ...points].map(async (from) => (await trained(cpu, variant, { from })).parameters)
    )
    const ends = new Set<number>()
    // A step is five calls or six: each of them is the one that fails, early and late.
    // The last few are left out: how many calls read losses depends on how long steps take.
    for (let n = 1; n < whole.calls - 24; n += 23) {
      const { parameters, notes, epochs, steps, offersMemory } = await lostAt(n)
      expect(notes, `call ${n}`).toEqual(['device lost'])
      expect(offersMemory).toBe(false)
      expect(epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3])
      expect(steps).toEqual(whole.steps)
      // On the CPU from the start on, or from the end of one of the epochs.
      const end = expected.findIndex((one) =>
        Object.keys(one).every((name) => isSame(parameters[name]!, one[name]!))
      )
      expect(end, `call ${n}`).toBeGreaterThanOrEqual(0)
      ends.add(end)
    }
    expect([...ends]).toEqual([0, 1, 2])
  })
})

test('the trainings after one that lost its device run elsewhere from the start', async () => {
  const settings = { ...trainingPresets('bert', false).adamw, epochs: 1, batchSize: 4 }
  const train = async (executor: Executor) => {
    const trainer = new Trainer(models.BERT, { words: 20, settings, executor })
    const rounds = []
    for (const seed of [1, 2]) rounds.push({ ...(await trainer.train(data, seed)) })
    await trainer.dispose()
    return rounds
  }
  const notes: string[] = []
  const losing = withFallback(losingDevice(6, true), cpu, (reason) => notes.push(reason))
  expect(await train(losing)).toEqual(await train(cpu))
  expect(notes).toEqual(['device lost'])
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
