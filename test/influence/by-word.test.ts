import { expect, test } from 'vitest'
import { byWord } from '../../src-main/influence/by-word.ts'
import type { Influence, WordInfluence } from '../../src-main/influence/query.ts'
import { TextsBuilder } from '../../src-main/tokens/encode.ts'

/** Texts of pieces with the words that they are parts of. */
function textsOf(...texts: [ids: number[], words: number[]][]) {
  const builder = new TextsBuilder(0)
  for (const [ids, words] of texts) builder.add(ids, ids.length, words)
  return builder.finish()
}

function influenceOf(...words: WordInfluence[][]): Influence {
  return {
    scores: Float64Array.from(words, (each) =>
      each.reduce((sum, { influence }) => sum + influence, 0)
    ),
    words: async (indices) => new Map(indices.map((index) => [index, words[index]!]))
  }
}

const word = (wordId: number, influence: number): WordInfluence => ({ wordId, influence })

test('the pieces of a word are added up', async () => {
  const texts = textsOf([
    [101, 7, 8, 9, 102],
    [2, 50, 50, 51, 3]
  ])
  const influence = influenceOf([word(7, -3), word(8, 1), word(9, -0.5), word(101, 0.25)])
  const words = await byWord(influence, texts).words([0])
  expect(words.get(0)).toEqual([word(50, -2), word(51, -0.5), word(2, 0.25)])
})

test('a piece of several words is shared out by its places, so that the sum stays', async () => {
  const texts = textsOf(
    [[1], [4]],
    [
      [7, 8, 7, 7],
      [50, 50, 51, 50]
    ]
  )
  const influence = influenceOf([word(1, 1)], [word(7, -3), word(8, 0.5)])
  const words = await byWord(influence, texts).words([1])
  expect(words.get(1)).toEqual([word(50, -1.5), word(51, -1)])
})

test('where tokens are words nothing is to be done', () => {
  const builder = new TextsBuilder(0)
  builder.add([1, 2], 2)
  const influence = influenceOf([word(1, 1)])
  expect(byWord(influence, builder.finish())).toBe(influence)
})
