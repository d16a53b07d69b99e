import { describe, expect, it } from 'vitest'
import type { MistakeFilter } from '../../../src-renderer/state/mistake-filter.ts'
import {
  everything,
  histogram,
  isFiltered,
  isStablyWrong,
  passing,
  usualBand
} from '../../../src-renderer/state/mistake-filter.ts'

const table = {
  labels: ['ham', 'spam', 'other'],
  examples: [40, 10, 30, 20],
  probabilities: [0.7, 0.1, 0.3, 0.1],
  trueClasses: [0, 1, 0, 2],
  predictedClasses: [1, 0, 2, 0],
  rounds: 4,
  fixed: [2, 1, 4, 0],
  heldOut: 100
}

/** Row ids of the mistakes that pass. */
function examples(filter: Partial<MistakeFilter>, found?: ReadonlySet<number>): number[] {
  return passing(table, { ...everything, ...filter }, found).map((i) => table.examples[i]!)
}

describe('mistakes that pass', () => {
  it('are all of them where nothing is asked', () => {
    expect(examples({})).toHaveLength(4)
  })

  it('lie within the band, its ends included', () => {
    expect(examples({ band: usualBand })).toEqual([40, 30])
    expect(examples({ band: [0.31, 0.69] })).toEqual([])
  })

  it('have both labels that are asked for', () => {
    expect(examples({ trueClass: 0 })).toEqual([40, 30])
    expect(examples({ trueClass: 0, predictedClass: 2 })).toEqual([30])
    expect(examples({ predictedClass: 0 })).toEqual([10, 20])
  })

  it('hold what is searched for, where something is', () => {
    expect(examples({}, new Set([20, 99]))).toEqual([20])
    expect(examples({}, new Set())).toEqual([])
  })

  it('are stably wrong where only those are wanted', () => {
    expect(examples({ onlyStable: true })).toEqual([10, 20])
  })
})

describe('the order', () => {
  it('is by probability, and by row where that is the same', () => {
    expect(examples({})).toEqual([40, 30, 10, 20])
    expect(examples({ sort: { key: 'probability', descending: false } })).toEqual([10, 20, 30, 40])
  })

  it('is by the true label and then by the predicted one', () => {
    expect(examples({ sort: { key: 'labels', descending: false } })).toEqual([40, 30, 10, 20])
    expect(examples({ sort: { key: 'labels', descending: true } })).toEqual([20, 10, 30, 40])
  })

  it('is by rounds that were right', () => {
    expect(examples({ sort: { key: 'stability', descending: false } })).toEqual([20, 10, 40, 30])
  })

  it('is by row', () => {
    expect(examples({ sort: { key: 'example', descending: true } })).toEqual([40, 30, 20, 10])
  })
})

describe('stably wrong', () => {
  it('is what is wrong in more than half of the rounds', () => {
    expect(table.examples.map((_, i) => isStablyWrong(table, i))).toEqual([
      false,
      true,
      false,
      true
    ])
  })

  it('is nothing before there are rounds', () => {
    expect(isStablyWrong({ ...table, rounds: 0, fixed: [0, 0, 0, 0] }, 1)).toBe(false)
  })
})

describe('whether something is left out', () => {
  it('is not said of an order alone', () => {
    expect(isFiltered({ ...everything, sort: { key: 'labels', descending: false } })).toBe(false)
    expect(isFiltered({ ...everything, search: '  ' })).toBe(false)
  })

  const filters: Partial<MistakeFilter>[] = [
    { band: [0.01, 1] },
    { band: [0, 0.99] },
    { trueClass: 0 },
    { predictedClass: 0 },
    { onlyStable: true },
    { search: 'zany' }
  ]
  it.each(filters)('is said of %o', (filter) => {
    expect(isFiltered({ ...everything, ...filter })).toBe(true)
  })
})

it('counts every probability in one bin, the ends as well', () => {
  expect(histogram([0, 0.049, 0.05, 0.5, 0.95, 1], 20)).toEqual([
    ...[2, 1, 0, 0, 0, 0, 0, 0, 0, 0],
    ...[1, 0, 0, 0, 0, 0, 0, 0, 0, 2]
  ])
})
