import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import {
  ago,
  bytes,
  count,
  decimal,
  duration,
  milliseconds,
  percent,
  plural,
  roughly,
  shellWord,
  signed
} from '../../../src-renderer/state/format.ts'

it('separates thousands', () => {
  expect(count(8000)).toBe('8,000')
  expect(count(1234567)).toBe('1,234,567')
})

it('counts nouns, the irregular ones too', () => {
  expect(plural(1, 'row')).toBe('1 row')
  expect(plural(0, 'row')).toBe('0 rows')
  expect(plural(2000, 'fix', 'fixes')).toBe('2,000 fixes')
})

it('writes shares as percentages', () => {
  expect(percent(0.9)).toBe('90 %')
  expect(percent(1)).toBe('100 %')
  expect(decimal(0.412)).toBe('0.41')
})

it('tells the time of a step in milliseconds', () => {
  expect(milliseconds(0.001743)).toBe('1.7 ms')
  expect(milliseconds(0.2829)).toBe('283 ms')
})

it.each([
  [-7.6, '−7.60'],
  [4.1, '+4.10'],
  [0, '+0.00'],
  [-123.4, '−123'],
  [-0.00034, '−3e-4']
])('signs %d as %s', (value, text) => {
  expect(signed(value)).toBe(text)
})

it.each([
  [0, '0:00'],
  [-3, '0:00'],
  [41, '0:41'],
  [59.6, '1:00'],
  [3900, '1:05:00']
])('says %d seconds as %s', (seconds, text) => {
  expect(duration(seconds)).toBe(text)
})

it.each([
  [3, 'a few seconds'],
  [42, 'about 40 s'],
  [70, 'about 1 min 10 s'],
  [118, 'about 2 min'],
  [120, 'about 2 min'],
  [59, 'about 1 min'],
  [3600, 'about 1 h'],
  [9000, 'about 2 h 30 min']
])('expects %d seconds in words: %s', (seconds, text) => {
  expect(roughly(seconds)).toBe(text)
})

describe('how long ago', () => {
  const now = Date.parse('2026-03-10T12:00:00Z')

  it.each([
    ['2026-03-10T11:59:30Z', 'just now'],
    ['2026-03-10T11:55:00Z', '5 min ago'],
    ['2026-03-10T09:00:00Z', '3 h ago'],
    ['2026-03-01T12:00:00Z', '1 Mar 2026']
  ])('says %s as %s', (time, text) => {
    expect(ago(time, now)).toBe(text)
  })

  it('is now for a clock that is behind', () => {
    expect(ago('2026-03-10T12:03:00Z', now)).toBe('just now')
  })
})

it.each([
  [0, '0 B'],
  [999, '999 B'],
  [3400, '3.4 kB'],
  [12_000_000, '12 MB'],
  [5e12, '5,000 GB']
])('says %d bytes as %s', (value, text) => {
  expect(bytes(value)).toBe(text)
})

it.each(['films.csv', 'my films.csv', "it's; rm -rf $HOME `date`.csv", '-rf', '*', '<b>&'])(
  'writes %s so that a shell takes it as it is',
  (name) => {
    const said = execFileSync('sh', ['-c', `printf %s ${shellWord(name)}`], { encoding: 'utf8' })
    expect(said).toBe(name)
  }
)
