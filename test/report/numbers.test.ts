import { expect, it } from 'vitest'
import {
  count,
  duration,
  inBytes,
  meanCount,
  pValueText,
  percent,
  percentRange,
  points,
  signed
} from '../../src-main/report/numbers.ts'

it('writes shares, and never rounds a doubt away', () => {
  expect([0, 0.001, 0.004, 0.5, 0.996, 1].map(percent)).toEqual([
    '0 %',
    '<1 %',
    '<1 %',
    '50 %',
    '>99 %',
    '100 %'
  ])
  expect(percentRange([0.596, 0.982])).toBe('60 and 98 %')
})

it('writes signs, with a minus sign', () => {
  expect([0.6, -0.05, 0.001, -0.001].map(points)).toEqual(['+60', '−5', '0', '0'])
  expect([-6.9, 4.1, 0, -123.4, 99.7, 0.0421, -0.0004, 1e-9].map(signed)).toEqual([
    '−6.9',
    '+4.1',
    '0',
    '−123',
    '+100',
    '+0.042',
    '−0.00040',
    '+1.0e−9'
  ])
})

it('writes p-values with two digits', () => {
  expect([1, 0.25, 0.03125, 0.0022, 0.0001].map(pValueText)).toEqual([
    'p = 1',
    'p = 0.25',
    'p = 0.031',
    'p = 0.0022',
    'p < 0.001'
  ])
})

it('writes counts and durations', () => {
  expect([count(1, 'row'), count(0, 'row'), count(12000, 'row')]).toEqual([
    '1 row',
    '0 rows',
    '12,000 rows'
  ])
  expect([4, 4.26, 0].map(meanCount)).toEqual(['4', '4.3', '0'])
  expect([0.4, 59.4, 59.6, 70, 3599.6, 7500].map(duration)).toEqual([
    '0 s',
    '59 s',
    '1 min 0 s',
    '1 min 10 s',
    '1 h 0 min',
    '2 h 5 min'
  ])
})

it('writes sizes of memory in the unit that suits them', () => {
  expect([0, 96.4e6, 999.4e6, 1e9, 1.44e9, 14.2e9].map(inBytes)).toEqual([
    '0 MB',
    '96 MB',
    '999 MB',
    '1.0 GB',
    '1.4 GB',
    '14 GB'
  ])
})
