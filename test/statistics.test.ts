import { describe, expect, it } from 'vitest'
import { mcnemar, newcombePaired, wilson } from '../src-main/statistics.ts'
import type { Interval } from '../src-main/statistics.ts'
import golden from './parity/golden/statistics.json' with { type: 'json' }

function paired(counts: readonly number[]): Interval {
  const [both = 0, onlyEdited = 0, onlyBaseline = 0, neither = 0] = counts
  return newcombePaired({ both, onlyEdited, onlyBaseline, neither })
}

function expectInterval(actual: Interval, expected: readonly number[], digits = 12): void {
  expect(actual[0], `low limit of ${actual}`).toBeCloseTo(expected[0]!, digits)
  expect(actual[1], `high limit of ${actual}`).toBeCloseTo(expected[1]!, digits)
}

describe('wilson', () => {
  it.each(golden.wilson)('agrees with SciPy for $counts', ({ counts, interval }) => {
    expectInterval(wilson(counts[0]!, counts[1]!), interval)
  })

  it('ends exactly at 0 for 0 of n and at 1 for n of n', () => {
    for (const trials of [1, 3, 10, 1000]) {
      expect(wilson(0, trials)[0]).toBe(0)
      expect(wilson(trials, trials)[1]).toBe(1)
    }
  })

  it('says nothing of no trials', () => {
    expect(wilson(0, 0)).toEqual([0, 1])
  })
})

describe('mcnemar', () => {
  it.each(golden.mcnemar)('agrees with statsmodels for $counts', ({ counts, pValue }) => {
    const actual = mcnemar(counts[0]!, counts[1]!)
    expect(Math.abs(actual - pValue)).toBeLessThanOrEqual(1e-10 * pValue)
  })

  it('is 1 when all pairs are concordant', () => {
    expect(mcnemar(0, 0)).toBe(1)
  })

  it('does not depend on the direction', () => {
    expect(mcnemar(2, 9)).toBe(mcnemar(9, 2))
  })

  it('has the closed form 2 / 2^n when every discordant pair goes one way', () => {
    expect(mcnemar(0, 7)).toBeCloseTo(2 / 2 ** 7, 14)
  })

  it('survives thousands of pairs, where 2^-n alone underflows', () => {
    const pValue = mcnemar(5000, 5100)
    expect(pValue).toBeGreaterThan(0.3)
    expect(pValue).toBeLessThan(0.4)
  })
})

describe('newcombePaired', () => {
  it.each(golden.newcombePaired)('agrees with the SciPy version for $counts', (row) => {
    expectInterval(paired(row.counts), row.interval)
  })

  it('gives the interval published for Bentur et al. (Fagerland et al. 2014, table V)', () => {
    expectInterval(paired([1, 1, 7, 12]), [-0.507, -0.026], 3)
  })

  it('gives the interval published for Cavo et al. (R package contingencytables)', () => {
    expectInterval(paired([59, 6, 16, 80]), [-0.1186, -0.0046], 4)
  })

  it('is symmetric: swapping the arms mirrors the interval', () => {
    const [low, high] = paired([3, 6, 1, 2])
    expectInterval(paired([3, 1, 6, 2]), [-high, -low])
  })

  it('lies around zero when all pairs are concordant', () => {
    for (const counts of [
      [10, 0, 0, 0],
      [0, 0, 0, 10],
      [4, 0, 0, 6]
    ]) {
      const [low, high] = paired(counts)
      expect(low).toBeLessThan(0)
      expect(high).toBeCloseTo(-low, 12)
    }
  })

  it('stays within [-1, 1], and says nothing of no pairs', () => {
    expect(paired([0, 10, 0, 0])[1]).toBe(1)
    expect(paired([0, 0, 10, 0])[0]).toBe(-1)
    expect(paired([0, 0, 0, 0])).toEqual([-1, 1])
  })
})
