import { describe, expect, test } from 'vitest'
import type { SuggestOptions } from '../../src-main/fix/suggest.ts'
import { suggestEdits } from '../../src-main/fix/suggest.ts'
import type { Influence } from '../../src-main/influence/query.ts'
import { Contributions } from '../../src-main/influence/query.ts'
import {
  separatorId,
  specialTokens,
  startId,
  unknownId,
  Vocabulary
} from '../../src-main/tokens/vocabulary.ts'

const vocabulary = new Vocabulary([...specialTokens, 'four', 'five', 'six', 'seven'])
const [four, five, six, seven] = [4, 5, 6, 7]

/** What each word contributes to the influence of each training text. */
const contributions: [wordId: number, influence: number][][] = [
  // 0: a proponent, with a negative word
  [
    [four, -1],
    [five, 4]
  ],
  // 1: −6, most of it by a special token
  [
    [startId, -5],
    [six, -1],
    [seven, -0.5],
    [four, 0.5]
  ],
  // 2: −8, all of it by special tokens and unknown words
  [
    [startId, -2],
    [separatorId, -2],
    [unknownId, -4]
  ],
  // 3: −2, where the editable word pulls the other way
  [
    [startId, -3],
    [five, 1]
  ],
  // 4: nothing
  [],
  // 5: −2 as well
  [[seven, -2]],
  // 6: −9
  [
    [five, -4],
    [four, -5]
  ],
  // 7: −0.5; the editable word has no share
  [
    [separatorId, -0.5],
    [four, 0]
  ]
]
const rows = Int32Array.from(contributions, (_, index) => 100 + 10 * index)

const scores = Float64Array.from(contributions, (words) =>
  words.reduce((sum, [, influence]) => sum + influence, 0)
)

function influence(): Influence {
  return {
    scores,
    async words(indices) {
      const sums = new Contributions()
      for (const index of indices) {
        for (const [wordId, share] of contributions[index]!) sums.add(index, wordId, share)
      }
      return new Map(indices.map((index) => [index, sums.of(index)]))
    }
  }
}

const suggest = (action: SuggestOptions['action'], k: number) =>
  suggestEdits(influence(), { action, k, rows, vocabulary })

describe('remove', () => {
  test('suggests the k strongest opponents, of equals the earlier first', async () => {
    expect(await suggest('remove', 4)).toEqual([
      { edit: { kind: 'remove', row: 160 }, influence: -9 },
      { edit: { kind: 'remove', row: 120 }, influence: -8 },
      { edit: { kind: 'remove', row: 110 }, influence: -6 },
      { edit: { kind: 'remove', row: 130 }, influence: -2 }
    ])
  })

  test('suggests all opponents, and no other row, where k is larger', async () => {
    const found = await suggest('remove', 100)
    expect(found.map(({ edit }) => edit.row)).toEqual([160, 120, 110, 130, 150, 170])
  })
})

describe('pad', () => {
  const row160 = {
    edit: { kind: 'pad', row: 160, wordId: four, word: 'four' },
    influence: -9,
    wordInfluence: -5
  }
  const row110 = {
    edit: { kind: 'pad', row: 110, wordId: six, word: 'six' },
    influence: -6,
    wordInfluence: -1
  }
  const row150 = {
    edit: { kind: 'pad', row: 150, wordId: seven, word: 'seven' },
    influence: -2,
    wordInfluence: -2
  }

  test('passes over special tokens, unknown words and rows without a negative word', async () => {
    expect(await suggest('pad', 3)).toEqual([row160, row110, row150])
  })

  test.each([1, 2])('suggests no more than k = %i', async (k) => {
    expect(await suggest('pad', k)).toEqual([row160, row110].slice(0, k))
  })

  test('suggests what there is where k is larger', async () => {
    expect(await suggest('pad', 100)).toEqual([row160, row110, row150])
  })
})

test.each(['remove', 'pad'] as const)('%s of no rows, and of no opponents', async (action) => {
  expect(await suggest(action, 0)).toEqual([])
  const none: Influence = { scores: Float64Array.of(0, 2), words: influence().words }
  expect(await suggestEdits(none, { action, k: 5, rows, vocabulary })).toEqual([])
})
