import { describe, expect, test } from 'vitest'
import type { Positions } from '../../src-main/gradients/word-gradients.ts'
import { sumByWord } from '../../src-main/gradients/word-gradients.ts'
import { padId } from '../../src-main/tokens/vocabulary.ts'

/** Sums gradients of two numbers a position, as pairs by word. */
function sums(
  ids: number[],
  gradients: [number, number][],
  positions: Positions,
  { marksEnds = false } = {}
) {
  // The text starts after others in the same arrays, and padding follows it.
  const flow = Float32Array.from([9, 9, 9, 9, ...gradients.flat(), 9, 9])
  const squaredNorms = Float32Array.from([0, 0, ...gradients.map(([a, b]) => a * a + b * b), 0])
  // What an earlier batch has left there must not be added to.
  const into = new Float32Array(20).fill(-7)
  const place = { into, slot: 1 }
  const given = { padId, marksEnds, flow, size: 2, squaredNorms }
  const words = sumByWord(ids, given, { at: 2, positions }, place)
  expect([...into.subarray(0, 2)]).toEqual([-7, -7])
  expect(new Set(into.subarray(2 + 2 * words.length))).toEqual(new Set([-7]))
  return words.map((word, n) => [word, ...into.subarray(2 * n + 2, 2 * n + 4)])
}

describe('all positions', () => {
  test('are summed by word, in the order in which the words come', () => {
    const found = sums(
      [2, 7, 5, 7, 3],
      [
        [1, 0],
        [2, 3],
        [0, 1],
        [4, 5],
        [0, 0]
      ],
      'all'
    )
    expect(found).toEqual([
      [2, 1, 0],
      [7, 6, 8],
      [5, 0, 1],
      [3, 0, 0]
    ])
  })

  test('but never those of [PAD]', () => {
    const found = sums(
      [2, 0, 7, 0],
      [
        [1, 1],
        [100, 100],
        [2, 2],
        [50, 50]
      ],
      'all'
    )
    expect(found).toEqual([
      [2, 1, 1],
      [7, 2, 2]
    ])
  })
})

describe('the top positions', () => {
  test('are those with the largest norm; the words come in the order of the text', () => {
    const found = sums(
      [2, 4, 5, 6],
      [
        [0, -4],
        [1, 1],
        [-3, 4],
        [0, 2]
      ],
      2
    )
    expect(found).toEqual([
      [2, 0, -4],
      [5, -3, 4]
    ])
  })

  test('leave the ends their places where a model marks them, however small their norms', () => {
    const gradients: [number, number][] = [
      [0, 1],
      [0, 7],
      [2, 0],
      [3, 0],
      [1, 0]
    ]
    expect(sums([2, 4, 5, 6, 3], gradients, 2, { marksEnds: true })).toEqual([
      [2, 0, 1],
      [4, 0, 7],
      [6, 3, 0],
      [3, 1, 0]
    ])
    expect(sums([2, 4, 3, 0, 0], gradients, 1, { marksEnds: true })).toEqual([
      [2, 0, 1],
      [4, 0, 7],
      [3, 2, 0]
    ])
  })

  test('count positions, not words: a word may lose some of its own', () => {
    const found = sums(
      [7, 8, 7, 7],
      [
        [1, 0],
        [3, 0],
        [5, 0],
        [4, 0]
      ],
      3
    )
    expect(found).toEqual([
      [8, 3, 0],
      [7, 9, 0]
    ])
  })

  test('of equal norms are the earlier ones, whatever their direction', () => {
    const found = sums(
      [4, 5, 6, 7],
      [
        [0, 2],
        [3, 0],
        [2, 0],
        [0, -2]
      ],
      3
    )
    expect(found).toEqual([
      [4, 0, 2],
      [5, 3, 0],
      [6, 2, 0]
    ])
  })

  test('never are [PAD], which takes no place either', () => {
    const found = sums(
      [0, 4, 0, 5, 6],
      [
        [100, 0],
        [1, 0],
        [100, 0],
        [2, 0],
        [3, 0]
      ],
      2
    )
    expect(found).toEqual([
      [5, 2, 0],
      [6, 3, 0]
    ])
  })

  test('are all where there are no more', () => {
    const gradients: [number, number][] = [
      [1, 2],
      [3, 4],
      [5, 6]
    ]
    expect(sums([4, 5, 0], gradients, 2)).toEqual(sums([4, 5, 0], gradients, 'all'))
    expect(sums([4, 5, 0], gradients, 10)).toEqual(sums([4, 5, 0], gradients, 'all'))
  })

  test('may have the gradient zero', () => {
    expect(
      sums(
        [4, 5, 6],
        [
          [0, 0],
          [0, 0],
          [0, 0]
        ],
        2
      )
    ).toEqual([
      [4, 0, 0],
      [5, 0, 0]
    ])
  })
})

test('a text of nothing but [PAD] has no words', () => {
  expect(
    sums(
      [0, 0],
      [
        [1, 1],
        [1, 1]
      ],
      'all'
    )
  ).toEqual([])
  expect(
    sums(
      [0, 0],
      [
        [1, 1],
        [1, 1]
      ],
      1
    )
  ).toEqual([])
})
