import { expect, test } from 'vitest'
import {
  adamW,
  learningRateAt,
  trainingSchema,
  unrefined
} from '../../src-main/training/settings.ts'

const settings = {
  ...unrefined,
  epochs: 1,
  batchSize: 32,
  learningRate: 1,
  finalShare: 0,
  optimizer: adamW,
  embeddingLimit: 0.01,
  maximumLength: 128
}
const rates = (changes: object, steps: number) =>
  Array.from({ length: steps }, (_, step) =>
    learningRateAt({ ...settings, ...changes }, step, steps)
  )

test('the rate falls linearly to its final share', () => {
  expect(rates({ finalShare: 0.2 }, 5)).toEqual(
    [1, 0.8, 0.6, 0.4, 0.2].map((x) => expect.closeTo(x))
  )
  expect(rates({}, 1)).toEqual([1])
})

test('while it warms up it rises linearly, from above nothing to the first rate', () => {
  const all = rates({ warmUpShare: 0.3 }, 10)
  expect(all.slice(0, 4)).toEqual([0.25, 0.5, 0.75, 1].map((x) => expect.closeTo(x)))
  expect(all.at(-1)).toBe(0)
  expect(rates({ warmUpShare: 0.9 }, 2)).toEqual([expect.closeTo(0.5), 1])
})

test('settings that were written before these are read as without them', () => {
  const { warmUpShare, clipNorm, dropout, frozenLayers, accumulation, ...old } = settings
  expect(trainingSchema.parse(old)).toEqual(settings)
  expect({ warmUpShare, clipNorm, dropout, frozenLayers, accumulation }).toEqual(unrefined)
})
