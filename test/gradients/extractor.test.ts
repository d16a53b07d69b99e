import { expect, test } from 'vitest'
import { onnxruntimeExecutor } from '../../src-main/executors/onnxruntime.ts'
import { GradientExtractor, extractAll } from '../../src-main/gradients/extractor.ts'
import { textCnn } from '../../src-main/models/text-cnn.ts'
import { golden } from '../support/golden.ts'
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
