import { expect, it, vi } from 'vitest'
import { jobs } from '../../../src-renderer/state/jobs.svelte.ts'
import { notices } from '../../../src-renderer/state/notices.svelte.ts'
import { tellJobs } from '../core.ts'

const open = { endedAt: null }
const ended = { endedAt: '2026-01-01T00:00:00Z' }

it('tells once of each job that ends, and of none that had ended before', async () => {
  const told = vi.fn()
  const stop = jobs.onEnd(({ id }) => told(id))
  tellJobs([
    { id: 'old', ...ended },
    { id: 'a', ...open }
  ])
  tellJobs([
    { id: 'old', ...ended },
    { id: 'a', ...ended },
    { id: 'b', ...open }
  ])
  tellJobs([
    { id: 'a', ...ended },
    { id: 'b', ...ended }
  ])
  await vi.waitFor(() => expect(told.mock.calls).toEqual([['a'], ['b']]))
  stop()
  tellJobs([{ id: 'c', ...open }])
  tellJobs([{ id: 'c', ...ended }])
  await vi.waitFor(() => expect(jobs.find('c')?.endedAt).toBe(ended.endedAt))
  expect(told).toHaveBeenCalledTimes(2)
})

it('tells of a job again that was taken up again', async () => {
  const told = vi.fn()
  const stop = jobs.onEnd(({ id }) => told(id))
  for (const state of [open, ended, open, ended]) tellJobs([{ id: 'd', ...state }])
  await vi.waitFor(() => expect(told).toHaveBeenCalledTimes(2))
  stop()
})

it('knows what runs and what waits', async () => {
  tellJobs([
    { id: 'c', state: 'waiting' },
    { id: 'b', state: 'running' },
    { id: 'a', state: 'done' }
  ])
  await vi.waitFor(() => expect(jobs.running?.id).toBe('b'))
  expect(jobs.waiting.map(({ id }) => id)).toEqual(['c'])
  expect(jobs.settled).toBe(true)
})

it('shows what a job notes, once, and not what it had noted before the window was there', async () => {
  const messages = () => notices.list.map(({ kind, message }) => [kind, message])
  const job = { id: 'e', title: 'Training', ...open }
  tellJobs([{ ...job, notes: ['Noted before.'] }])
  tellJobs([{ ...job, notes: ['Noted before.', 'The GPU failed.'] }])
  tellJobs([{ ...job, ...ended, notes: ['Noted before.', 'The GPU failed.'] }])
  await vi.waitFor(() => expect(jobs.find('e')?.endedAt).toBe(ended.endedAt))
  expect(messages()).toEqual([['note', 'Training. The GPU failed.']])
})
