import { expect, it, vi } from 'vitest'
import { jobs } from '../../../src-renderer/state/jobs.svelte.ts'
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
