import { expect, it, vi } from 'vitest'
import type { RowFilter } from '../../../src-renderer/state/rows.svelte.ts'
import { RowPages } from '../../../src-renderer/state/rows.svelte.ts'
import { Refusal, answer } from '../core.ts'

const all: RowFilter = { split: null, label: null, search: '' }

/** Answers with rows that are named by their place, and keeps the questions. */
function serve(total: number) {
  const asked = vi.fn()
  answer('projects', 'rows', (input) => {
    asked(input)
    const length = Math.min(input.count, total - input.start)
    return { total, rows: Array.from({ length }, (_, n) => ({ row: input.start + n })) }
  })
  return asked
}

it('fetches a page when one of its rows is wanted, and each page once', async () => {
  const asked = serve(250)
  const rows = new RowPages('films', { ...all, label: 'pos' })
  await vi.waitFor(() => expect(rows.total).toBe(250))
  expect(rows.at(240)).toBeUndefined()
  rows.at(241)
  await vi.waitFor(() => expect(rows.at(240)?.row).toBe(240))
  expect(rows.at(0)?.row).toBe(0)
  expect(asked.mock.calls.map(([{ start, label }]) => [start, label])).toEqual([
    [0, 'pos'],
    [200, 'pos']
  ])
})

it('says why rows cannot be read, and asks again', async () => {
  answer('projects', 'rows', () => {
    throw new Refusal('missing', 'The data of the project is gone.')
  })
  const rows = new RowPages('films', all)
  await vi.waitFor(() => expect(rows.error?.message).toBe('The data of the project is gone.'))
  serve(1)
  rows.at(0)
  await vi.waitFor(() => expect(rows.at(0)?.row).toBe(0))
})

it('is silent when it is given up', async () => {
  const asked = serve(1)
  const rows = new RowPages('films', all)
  rows.close()
  serve(2)
  const others = new RowPages('films', all)
  await vi.waitFor(() => expect(others.total).toBe(2))
  expect([rows.total, rows.error]).toEqual([undefined, undefined])
  expect(asked.mock.calls.length).toBeLessThan(2)
})
