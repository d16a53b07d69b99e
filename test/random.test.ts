import { describe, expect, test } from 'vitest'
import {
  hash32,
  hashString,
  keyedShuffle,
  normalStream,
  uniformStream
} from '../src-main/random.ts'

/** χ² of counts that should all be the same. */
function chiSquare(counts: readonly number[]): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
}

/** Within four standard deviations of what chance gives, neither too uneven nor too even. */
function expectEven(counts: readonly number[]): void {
  const freedom = counts.length - 1
  const off = (chiSquare(counts) - freedom) / Math.sqrt(2 * freedom)
  expect(Math.abs(off), `${off} standard deviations`).toBeLessThan(4)
}

function countsOf(draw: () => number, bins: number, draws: number): number[] {
  const counts = new Array<number>(bins).fill(0)
  for (let i = 0; i < draws; i++) counts[Math.floor(draw() * bins)]!++
  return counts
}

describe('known answers', () => {
  // Projects and paired rounds rest on these: a change of them is a change of every result.
  test.each([
    [[], 2654435769],
    [[0], 3293009578],
    [[0, 0], 1213524646],
    [[1], 4172149875],
    [[-1], 257288374],
    [[2 ** 32 - 1], 257288374],
    [[2 ** 31], 2545002102],
    [[1, 2, 3], 1285690593],
    [[3, 2, 1], 261854175]
  ])('hash32 of %j', (values, expected) => {
    expect(hash32(...values)).toBe(expected)
  })

  test.each([
    // The first three are in FNV's own list of test vectors.
    ['', 0x811c9dc5],
    ['a', 0xe40c292c],
    ['foobar', 0xbf9cf968],
    ['é', 1812687940],
    ['embedding', 3454383602],
    ['conv1.weight', 3184444564],
    ['😀', 3409036472]
  ])('hashString of "%s"', (text, expected) => {
    expect(hashString(text)).toBe(expected)
  })

  test.each([
    [0, [2462723854, 1020716019, 454327756, 1275600319]],
    [1, [2527132011, 314344336, 2535364964, 2041432039]],
    [-7, [2789948889, 577849021, 1798549951, 3205503640]]
  ])('uniformStream of seed %i', (seed, expected) => {
    const uniform = uniformStream(seed)
    expect(expected.map(() => uniform() * 2 ** 32)).toEqual(expected)
  })

  test('normalStream of seed 42', () => {
    const normal = normalStream(42)
    for (const expected of [
      0.614571088969729, -0.34095980716861213, 0.05525940889376721, -0.390498432357307
    ]) {
      expect(normal()).toBeCloseTo(expected, 14)
    }
  })

  test('keyedShuffle of ten ids', () => {
    const ids = Array.from({ length: 10 }, (_, i) => i)
    expect(keyedShuffle(ids, 7, 1)).toEqual([5, 8, 1, 3, 4, 2, 6, 7, 9, 0])
    expect(keyedShuffle(ids, 7, 2)).toEqual([2, 0, 9, 6, 5, 3, 8, 4, 1, 7])
    expect(keyedShuffle(ids.toReversed(), 7, 1)).toEqual(keyedShuffle(ids, 7, 1))
  })
})

describe('uniformity', () => {
  test.each([0, 1, 2, 12345])('of a stream from seed %i', (seed) => {
    const uniform = uniformStream(seed)
    expectEven(countsOf(uniform, 256, 100_000))
  })

  test('of the first numbers of neighbouring seeds', () => {
    let seed = 0
    expectEven(countsOf(() => uniformStream(hash32(seed++))(), 128, 50_000))
  })

  test('of pairs of neighbours in a stream', () => {
    const uniform = uniformStream(3)
    const pair = () => (Math.floor(uniform() * 16) + uniform()) / 16
    expectEven(countsOf(pair, 256, 100_000))
  })

  test('of hashes that differ in the last, the middle or the first number alone', () => {
    for (const place of [0, 1, 2]) {
      let i = 0
      const next = () => {
        const values = [7, 7, 7]
        values[place] = i++
        return hash32(...values) / 2 ** 32
      }
      expectEven(countsOf(next, 256, 100_000))
    }
  })

  test('of the places that an id has in many shuffles', () => {
    const ids = Array.from({ length: 12 }, (_, i) => i)
    const counts = new Array<number>(12).fill(0)
    for (let epoch = 0; epoch < 6000; epoch++) counts[keyedShuffle(ids, 1, epoch).indexOf(4)]!++
    expectEven(counts)
  })
})

test('normal numbers have the moments and the tails of normal numbers', () => {
  const normal = normalStream(8)
  const count = 200_000
  const numbers = Float64Array.from({ length: count }, normal)
  const moment = (power: number) => numbers.reduce((sum, x) => sum + x ** power, 0) / count
  // Four standard errors: √(E x²ⁿ − (E xⁿ)²) / √count is 1, √2, √15 and √96 for n = 1 to 4.
  const error = 4 / Math.sqrt(count)
  expect(Math.abs(moment(1))).toBeLessThan(error)
  expect(Math.abs(moment(2) - 1)).toBeLessThan(error * Math.SQRT2)
  expect(Math.abs(moment(3))).toBeLessThan(error * Math.sqrt(15))
  expect(Math.abs(moment(4) - 3)).toBeLessThan(error * Math.sqrt(96))
  const beyond = numbers.filter((x) => Math.abs(x) > 1.959963985).length / count
  expect(Math.abs(beyond - 0.05)).toBeLessThan(error * Math.sqrt(0.05 * 0.95))
  const neighbours = numbers.reduce((sum, x, i) => sum + x * (numbers[i + 1] ?? 0), 0) / count
  expect(Math.abs(neighbours)).toBeLessThan(error)
})
