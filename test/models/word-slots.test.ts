import { expect, test } from 'vitest'
import { paddedWords } from '../../src-main/models/batch-runner.ts'
import { WordSlots } from '../../src-main/models/word-slots.ts'
import { padId } from '../../src-main/tokens/vocabulary.ts'

const texts = (...ids: number[][]) => ids.map((each) => Int32Array.from(each))

test('every word has a slot of its own, in the order of first meeting, and [PAD] the next', () => {
  const slots = new WordSlots(padId)
  expect([...slots.assign(texts([7, 3, 7, padId], [9, 3]))]).toEqual([7, 3, 9, padId])
  expect([7, 3, 9, padId].map((word) => slots.of(word))).toEqual([0, 1, 2, 3])
})

test('a batch knows nothing of the one before, and words may be of any size', () => {
  const slots = new WordSlots(padId)
  slots.assign(texts([1, 2, 3]))
  expect([...slots.assign(texts([100_000, 2]))]).toEqual([100_000, 2, padId])
  expect([100_000, 2, padId].map((word) => slots.of(word))).toEqual([0, 1, 2])
  expect([...slots.assign(texts([], [padId]))]).toEqual([padId])
  expect(slots.of(padId)).toBe(0)
})

test('words are filled up by a quarter at most, once there are many', () => {
  for (let words = 1; words < 5000; words += 7) {
    expect(paddedWords(words)).toBeGreaterThanOrEqual(words)
    expect(paddedWords(words)).toBeLessThan(Math.max(words * 1.25, words + 16))
  }
  expect(new Set(Array.from({ length: 1024 }, (_, i) => paddedWords(1025 + i))).size).toBe(4)
})
