import { expect, test } from 'vitest'
import { randomEdits } from '../../src-main/fix/random-edits.ts'
import { padId, specialTokens, startId, Vocabulary } from '../../src-main/tokens/vocabulary.ts'
import { encoded } from '../support/views.ts'

const vocabulary = new Vocabulary([...specialTokens, 'four', 'five', 'six'])
/** Row 30 has no word that may be edited. */
const ids = [[startId, 4, 5, 4], [startId, 6], [startId, padId], [4, 6], [5]]
const rows = Int32Array.of(10, 20, 30, 40, 50)
const { texts } = encoded(ids, [0, 1, 0, 1, 0])
const draw = (action: 'remove' | 'pad', k: number, seed: number) =>
  randomEdits({ action, k, seed, training: { texts, rows }, vocabulary })

test('as many rows as wanted, none twice, others from another seed', () => {
  for (const seed of [1, 2, 3]) {
    const edits = draw('remove', 3, seed)
    expect(edits.map(({ kind }) => kind)).toEqual(['remove', 'remove', 'remove'])
    expect(new Set(edits.map(({ row }) => row)).size).toBe(3)
    expect(draw('remove', 2, seed)).toEqual(edits.slice(0, 2))
  }
  const draws = [1, 2, 3, 4, 5].map((seed) => JSON.stringify(draw('remove', 3, seed)))
  expect(new Set(draws).size).toBeGreaterThan(1)
})

test('[PAD] takes a word of the row, and passes over a row that has none to take', () => {
  for (const seed of [1, 2, 3]) {
    const edits = draw('pad', 10, seed)
    expect(edits.map(({ row }) => row).sort()).toEqual([10, 20, 40, 50])
    for (const edit of edits) {
      if (edit.kind !== 'pad') throw new Error(edit.kind)
      expect(ids[edit.row / 10 - 1]).toContain(edit.wordId)
      expect(edit.word).toBe(vocabulary.words[edit.wordId])
      expect(edit.wordId).toBeGreaterThanOrEqual(specialTokens.length)
    }
  }
})
