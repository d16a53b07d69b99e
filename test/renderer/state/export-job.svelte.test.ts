import { beforeEach, expect, it, vi } from 'vitest'
import { ExportJob } from '../../../src-renderer/state/export-job.svelte.ts'
import { jobs } from '../../../src-renderer/state/jobs.svelte.ts'
import { notices } from '../../../src-renderer/state/notices.svelte.ts'
import { later, tellJobs } from '../core.ts'

const job = { id: 'a', kind: 'export' as const, project: 'films', endedAt: null }
const ended = { ...job, endedAt: '2026-01-01T00:00:00Z' }
let exporting: ExportJob

beforeEach(async () => {
  exporting = new ExportJob('export', () => 'films')
  tellJobs([])
  await vi.waitFor(() => expect(jobs.list).toEqual([]))
  for (const { id } of notices.list) notices.close(id)
})

it('is the newest job of its kind and project', async () => {
  tellJobs([
    { ...job, id: 'd', project: 'mails' },
    { ...job, id: 'c', kind: 'export-model' },
    { ...ended, id: 'b' },
    { ...ended, id: 'a' }
  ])
  await vi.waitFor(() => expect(exporting.job?.id).toBe('b'))
  expect(exporting.busy).toBe(false)
})

it('starts one job however often it is asked, until that has ended', async () => {
  const answer = later<{ job: string }>()
  const ask = vi.fn(() => answer.promise)
  const started = exporting.start(ask)
  void exporting.start(ask)
  expect(exporting.busy).toBe(true)
  answer.come({ job: 'a' })
  await started
  // The answer has come before the list that has the job.
  expect(exporting.busy).toBe(true)
  await exporting.start(ask)
  tellJobs([job])
  await vi.waitFor(() => expect(exporting.job?.id).toBe('a'))
  expect(exporting.busy).toBe(true)
  await exporting.start(ask)
  expect(ask).toHaveBeenCalledOnce()
  tellJobs([ended])
  await vi.waitFor(() => expect(exporting.busy).toBe(false))
})

it('knows a job that was listed before the answer came', async () => {
  await exporting.start(async () => {
    tellJobs([ended])
    await vi.waitFor(() => expect(jobs.list).toHaveLength(1))
    return { job: 'a' }
  })
  expect(exporting.busy).toBe(false)
})

it('says why it was refused, and can be asked again', async () => {
  await exporting.start(() => Promise.reject(new Error('Pick it again.')))
  expect(notices.list.map(({ message }) => message)).toEqual(['Pick it again.'])
  expect(exporting.busy).toBe(false)
})
