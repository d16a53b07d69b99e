import { flushSync } from 'svelte'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Texts } from '../../../src-renderer/state/texts.svelte.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

it('asks once for all rows that come into view together', async () => {
  const fetch = vi.fn((rows: number[]) => Promise.resolve(rows.map((row) => `text ${row}`)))
  const texts = new Texts(fetch)
  expect([texts.of(3), texts.of(5), texts.of(3)]).toEqual([undefined, undefined, undefined])
  await vi.runAllTimersAsync()
  expect(fetch).toHaveBeenCalledExactlyOnceWith([3, 5])
  expect([texts.of(3), texts.of(5)]).toEqual(['text 3', 'text 5'])
  await vi.runAllTimersAsync()
  expect(fetch, 'what is known is not asked for').toHaveBeenCalledOnce()
})

it('shows a text where it was asked for, when it comes', async () => {
  const texts = new Texts((rows) => Promise.resolve(rows.map((row) => `text ${row}`)))
  let shown: string | undefined
  const stop = $effect.root(() => {
    $effect(() => {
      shown = texts.of(3)
    })
  })
  flushSync()
  await vi.runAllTimersAsync()
  flushSync()
  expect(shown).toBe('text 3')
  stop()
})

it('asks for the last rows of a fast scroll', async () => {
  const fetch = vi.fn((rows: number[]) => Promise.resolve(rows.map(String)))
  const texts = new Texts(fetch)
  for (let row = 0; row < 1000; row++) texts.of(row)
  await vi.runAllTimersAsync()
  expect(fetch.mock.calls[0]![0]).toHaveLength(100)
  expect(fetch.mock.calls[0]![0].at(-1)).toBe(999)
})

it('asks again for what could not be fetched', async () => {
  const fetch = vi.fn<(rows: number[]) => Promise<string[]>>()
  fetch.mockRejectedValueOnce(new Error('The line is lost.')).mockResolvedValueOnce(['a text'])
  const texts = new Texts(fetch)
  texts.of(7)
  await vi.runAllTimersAsync()
  texts.of(7)
  await vi.runAllTimersAsync()
  expect(texts.of(7)).toBe('a text')
})

it('lets texts go when there are very many', async () => {
  const texts = new Texts((rows) => Promise.resolve(rows.map(String)))
  for (let row = 0; row < 5200; row++) {
    texts.of(row)
    if (row % 100 === 99) await vi.runAllTimersAsync()
  }
  expect(texts.of(0)).toBeUndefined()
})
