import { describe, expect, test } from 'vitest'
import { withFallback } from '../../src-main/executors/fallback.ts'
import { onnxruntimeExecutor } from '../../src-main/executors/onnxruntime.ts'
import { initialParameters } from '../../src-main/models/parameters.ts'
import { Predictor } from '../../src-main/training/predict.ts'
import { changedMemory } from '../support/changed-memory.ts'
import { losingDevice } from '../support/losing-device.ts'
import { host, residentData, residentModels } from '../support/resident-trainings.ts'

const { texts } = residentData()
const count = texts.offsets.length - 1

describe.each(Object.entries(residentModels))('predictions of %s on a device', (_, model) => {
  const parametersOf = (seed: number) =>
    initialParameters(model, { words: 40, embeddingLimit: 0.5, seed })

  test('are those of the host, of each model that they are asked of', async () => {
    const there = new Predictor(model, onnxruntimeExecutor({ threads: 1, keepsTensors: true }))
    const expected = new Predictor(model, host)
    for (const seed of [1, 2, 1]) {
      const parameters = parametersOf(seed)
      const found = await there.predict(texts, parameters)
      expect(found).toHaveLength(3 * count)
      expect(found).toEqual(await expected.predict(texts, parameters))
    }
    await there.dispose()
    await expected.dispose()
  })

  test('send the parameters once', async () => {
    const executor = onnxruntimeExecutor({ threads: 1, keepsTensors: true })
    const written: string[][] = []
    const counting = changedMemory(executor, (memory) => ({
      write(tensors, shapes) {
        written.push(Object.keys(tensors))
        return memory.write(tensors, shapes)
      }
    }))
    const predictor = new Predictor(model, counting)
    await predictor.predict(texts, parametersOf(1))
    expect(written).toEqual([model.parameters.map(({ name }) => name)])
    await predictor.dispose()
  })

  test('are all there where it is lost, whenever that is', async () => {
    const parameters = parametersOf(1)
    const expected = await new Predictor(model, host).predict(texts, parameters)
    for (let n = 1; ; n++) {
      const notes: string[] = []
      const device = losingDevice(n, true)
      const predictor = new Predictor(
        model,
        withFallback(device, host, (reason) => notes.push(reason))
      )
      expect(await predictor.predict(texts, parameters)).toEqual(expected)
      await predictor.dispose()
      if (device.calls < n) {
        expect(n).toBeGreaterThan(3)
        break
      }
      expect(notes).toEqual(['device lost'])
    }
  })
})
