import { describe, expect, test } from 'vitest'
import type { Executor } from '../../src-main/executors/executor.ts'
import { withFallback } from '../../src-main/executors/fallback.ts'
import { onnxruntimeExecutor } from '../../src-main/executors/onnxruntime.ts'
import { GradientExtractor, extractAll } from '../../src-main/gradients/extractor.ts'
import { textCnn } from '../../src-main/models/text-cnn.ts'
import { initialParameters } from '../../src-main/models/parameters.ts'
import { changedMemory } from '../support/changed-memory.ts'
import { expectClose, golden } from '../support/golden.ts'
import { losingDevice } from '../support/losing-device.ts'
import { host, residentData, residentModels } from '../support/resident-trainings.ts'
import { encoded } from '../support/views.ts'

const { sizes, train, checkpoints } = golden<{
  sizes: Record<'D' | 'F' | 'w1' | 'w2', number>
  train: { texts: number[][]; labels: number[] }
  checkpoints: { parameters: Record<string, { data: number[] }> }[]
}>('influence')

test('who asks at the same time is answered as one after the other', async () => {
  const { D: embedding, F: filters, w1, w2 } = sizes
  const model = textCnn({ embedding, filters, widths: [w1, w2] }, 2)
  const parameters = Object.fromEntries(
    Object.entries(checkpoints[0]!.parameters).map(([name, { data }]) => [
      name,
      Float32Array.from(data)
    ])
  )
  const executor = onnxruntimeExecutor({ threads: 1 })
  const extractor = new GradientExtractor(model, parameters, executor, { rows: 1 })
  const texts = encoded(train.texts, train.labels)
  const ask = (index: number) => extractAll(extractor, texts, [index], 'all')
  const indices = Array.from({ length: 20 }, (_, index) => index)
  const alone = []
  for (const index of indices) alone.push(await ask(index))
  const asked = indices.map(async (index) => {
    // As calls of windows come: in turns of the event loop of their own.
    await new Promise((resolve) => setImmediate(resolve))
    return ask(index)
  })
  expect(await Promise.all(asked)).toEqual(alone)
  await extractor.dispose()
})

describe.each(Object.entries(residentModels))('gradients of %s on a device', (_, model) => {
  const parameters = initialParameters(model, { words: 40, embeddingLimit: 0.5, seed: 1 })
  const { texts, classes } = residentData()
  const indices = Array.from({ length: 40 }, (_, index) => index)
  const extract = async (executor: Executor) => {
    const extractor = new GradientExtractor(model, parameters, executor, { rows: 8 })
    const found = await extractAll(extractor, { texts, classes }, indices, 3)
    await extractor.dispose()
    return found
  }

  test('are those of the host, and what all batches read is sent once', async () => {
    const written: string[][] = []
    const keeping = onnxruntimeExecutor({ threads: 1, keepsTensors: true })
    const counting = changedMemory(keeping, (memory) => ({
      write(tensors, shapes) {
        written.push(Object.keys(tensors))
        return memory.write(tensors, shapes)
      }
    }))
    const [found, expected] = [await extract(counting), await extract(host)]
    expect(written).toEqual([[...model.parameters.map(({ name }) => name), 'mapped']])
    found.forEach(({ vectors, words }, i) => {
      expect(words).toEqual(expected[i]!.words)
      expectClose(vectors, expected[i]!.vectors, { tolerance: 2 ** -20, name: `text ${i}` })
    })
  })

  test('are all there where it is lost, whenever that is', async () => {
    const expected = await extract(host)
    for (let n = 1; ; n++) {
      const notes: string[] = []
      const device = losingDevice(n, true)
      const found = await extract(withFallback(device, host, (reason) => notes.push(reason)))
      found.forEach(({ vectors, words }, i) => {
        expect(words).toEqual(expected[i]!.words)
        expectClose(vectors, expected[i]!.vectors, { tolerance: 2 ** -20, name: `text ${i}` })
      })
      if (device.calls < n) {
        expect(n).toBeGreaterThan(5)
        break
      }
      expect(notes).toEqual(['device lost'])
    }
  })
})
