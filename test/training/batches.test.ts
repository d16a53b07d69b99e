import { describe, expect, test } from 'vitest'
import { hash32, keyedShuffle } from '../../src-main/random.ts'
import type { BatchPlan } from '../../src-main/training/batches.ts'
import { batchesOf } from '../../src-main/training/batches.ts'

const count = 203
const lengths = [16, 24, 48]

const plan: BatchPlan = {
  // Row ids with gaps, in no order.
  rows: keyedShuffle(
    Array.from({ length: count }, (_, i) => 3 * i + 5),
    1,
    1
  ),
  tokens: Int32Array.from({ length: count }, (_, i) => lengths[hash32(i) % lengths.length]!),
  batchSize: 8,
  seed: 11
}

const rowsOf = (batches: number[][], { rows }: BatchPlan) =>
  batches.map((batch) => batch.map((index) => rows[index]!))

test('every row is in one batch of an epoch', () => {
  for (const epoch of [1, 2, 3]) {
    const indices = batchesOf(plan, epoch).flat()
    expect(indices.toSorted((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i))
  }
})

test('no batch is larger than asked for, and only the last is smaller', () => {
  for (const batchSize of [1, 7, 8, 202, 203, 500]) {
    const sizes = batchesOf({ ...plan, batchSize }, 1).map((batch) => batch.length)
    expect(Math.max(...sizes)).toBeLessThanOrEqual(batchSize)
    expect(sizes.slice(0, -1).every((size) => size === batchSize)).toBe(true)
    expect(sizes.length).toBe(Math.ceil(count / batchSize))
  }
})

test('a full batch holds one length; what is left over comes last, the shorter first', () => {
  const batches = batchesOf(plan, 1).map((batch) => batch.map((index) => plan.tokens[index]!))
  const mixed = batches.findIndex((tokens) => new Set(tokens).size > 1)
  const leftOver = mixed < 0 ? [] : batches.slice(mixed).flat()
  expect(leftOver.length).toBeLessThan(lengths.length * plan.batchSize)
  expect(leftOver).toEqual(leftOver.toSorted((a, b) => a - b))
  const full = batches.slice(0, mixed)
  for (const length of lengths) {
    const have = full.filter((tokens) => tokens[0] === length).length
    const possible = Math.floor(
      Array.from(plan.tokens).filter((tokens) => tokens === length).length / plan.batchSize
    )
    // The batch before the first mixed one may be left over too, if it happens to be of one length.
    expect(have).toBeGreaterThanOrEqual(possible)
  }
})

test('seed and epoch decide the order', () => {
  expect(batchesOf(plan, 1)).toEqual(batchesOf({ ...plan }, 1))
  expect(batchesOf(plan, 1)).not.toEqual(batchesOf(plan, 2))
  expect(batchesOf(plan, 1)).not.toEqual(batchesOf({ ...plan, seed: 12 }, 1))
})

test('the order goes by row ids, not by where a row stands', () => {
  const reversed = {
    ...plan,
    rows: Array.from(plan.rows).reverse(),
    tokens: Array.from(plan.tokens).reverse()
  }
  expect(rowsOf(batchesOf(reversed, 3), reversed)).toEqual(rowsOf(batchesOf(plan, 3), plan))
})

describe('without some rows', () => {
  const ids = Array.from({ length: 1000 }, (_, i) => i)
  const kept = ids.filter((id) => hash32(99, id) % 4 > 0)

  test('the shuffle leaves the others in their order', () => {
    for (const epoch of [1, 2, 3]) {
      const all = keyedShuffle(ids, 5, epoch)
      const stay = new Set(kept)
      expect(keyedShuffle(kept, 5, epoch)).toEqual(all.filter((id) => stay.has(id)))
    }
  })

  test('texts of one length are trained on in the same order', () => {
    const order = (rows: number[]) =>
      batchesOf({ rows, tokens: rows.map(() => 16), batchSize: 8, seed: 5 }, 2)
        .flat()
        .map((index) => rows[index]!)
    const stay = new Set(kept)
    expect(order(kept)).toEqual(order(ids).filter((id) => stay.has(id)))
  })
})

test('no rows make no batches', () => {
  expect(batchesOf({ rows: [], tokens: [], batchSize: 4, seed: 1 }, 1)).toEqual([])
})
