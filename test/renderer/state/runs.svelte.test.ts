import { beforeEach, expect, it, vi } from 'vitest'
import type { RunRecord } from '../../../src-renderer/db/database.ts'
import { database } from '../../../src-renderer/db/database.ts'
import { notices } from '../../../src-renderer/state/notices.svelte.ts'
import {
  annotate,
  followRuns,
  nameOf,
  refreshRuns,
  remove,
  runsOf
} from '../../../src-renderer/state/runs.svelte.ts'
import { Refusal, answer, tellJobs } from '../core.ts'

const project = 'films'
const run = (id: string, savedAt: string) =>
  ({ id, savedAt, title: 'Remove 50 opponents', name: '', note: '' }) as RunRecord

/** The fixes in the project's folder. */
let folder: RunRecord[] = []
const ids = async (of = project) => (await runsOf(of)).map(({ id }) => id)

beforeEach(async () => {
  folder = [run('a', '2026-01-01'), run('b', '2026-03-01'), run('c', '2026-02-01')]
  answer('runs', 'list', () => folder)
  await database.runs.clear()
  for (const { id } of notices.list) notices.close(id)
})

it('makes the records what the folder has, the newest first, and leaves other projects', async () => {
  await database.runs.bulkPut([
    { ...run('gone', '2026-01-01'), project },
    { ...run('other', '2026-01-01'), project: 'another' }
  ])
  await refreshRuns(project)
  expect(await ids()).toEqual(['b', 'c', 'a'])
  expect(await ids('another')).toEqual(['other'])
})

it('follows the folder from now on, whenever a job of the project ends', async () => {
  const stop = followRuns(project)
  await vi.waitFor(async () => expect(await ids()).toHaveLength(3))
  folder = [...folder, run('d', '2026-04-01')]
  tellJobs([{ id: 'job', project, endedAt: null }])
  tellJobs([{ id: 'job', project, endedAt: '2026-01-01T00:00:00Z' }])
  await vi.waitFor(async () => expect(await ids()).toEqual(['d', 'b', 'c', 'a']))
  stop()
})

it('keeps a name and a note in the folder and in the record', async () => {
  const kept = vi.fn()
  answer('runs', 'annotate', kept)
  await refreshRuns(project)
  const [first] = await runsOf(project)
  await annotate(first!, ' The best one ', 'Ask Ann.')
  expect(kept).toHaveBeenCalledWith(expect.objectContaining({ fix: 'b', note: 'Ask Ann.' }))
  expect((await runsOf(project))[0]).toMatchObject({ name: 'The best one', note: 'Ask Ann.' })
})

it('leaves the record as it is when a name cannot be kept, and says so', async () => {
  answer('runs', 'annotate', () => {
    throw new Refusal('disk', 'The disk is full.')
  })
  await refreshRuns(project)
  await annotate((await runsOf(project))[0]!, 'The best one', '')
  expect((await runsOf(project))[0]!.name).toBe('')
  expect(notices.list.map(({ message }) => message)).toEqual(['The disk is full.'])
})

it('deletes fixes, and brings them back', async () => {
  const all = folder
  answer('runs', 'delete', ({ fix }) => void (folder = folder.filter(({ id }) => id !== fix)))
  answer('runs', 'restore', ({ fix }) => void folder.push(all.find(({ id }) => id === fix)!))
  await refreshRuns(project)
  const records = await runsOf(project)
  await remove(project, records.slice(0, 2))
  expect(await ids()).toEqual(['a'])
  expect(notices.list[0]!.message).toBe('2 fixes deleted.')
  notices.list[0]!.undo!()
  await vi.waitFor(async () => expect(await ids()).toEqual(['b', 'c', 'a']))
})

it('calls a fix by its name, and by what it does until it has one', () => {
  expect(nameOf({ name: '', title: 'Remove 50 opponents' })).toBe('Remove 50 opponents')
  expect(nameOf({ name: 'The best one', title: 'Remove 50 opponents' })).toBe('The best one')
})
