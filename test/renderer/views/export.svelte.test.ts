import { flushSync, mount, unmount } from 'svelte'
import { beforeEach, expect, it, onTestFinished, vi } from 'vitest'
import type { RunRecord } from '../../../src-renderer/db/database.ts'
import { database } from '../../../src-renderer/db/database.ts'
import Export from '../../../src-renderer/views/Export.svelte'
import { Refusal, answer, tellJobs } from '../core.ts'

const project = 'films'
const arm = { fixed: 1, rounds: 2 }
const run = (id: string, outdated = false) =>
  ({
    ...{ id, project, outdated, savedAt: id, title: `Fix ${id}`, name: '', note: '', example: 7 },
    ...{ edited: arm, baseline: arm }
  }) as RunRecord

const text = () => document.body.textContent.replaceAll(/\s+/g, ' ')
const primary = () => document.querySelector<HTMLButtonElement>('header button.primary')!
const tick = (id: string) =>
  Array.from(document.querySelectorAll('label'))
    .find(({ textContent }) => textContent.includes(`Fix ${id}`))!
    .querySelector('input')!
    .click()

/** Shows the view with fixes chosen, once those are read. */
async function show(runs: RunRecord[], chosen: string): Promise<void> {
  await database.runs.bulkPut(runs)
  const view = mount(Export, { target: document.body, props: { project, fixes: chosen } })
  onTestFinished(() => unmount(view))
  flushSync()
  expect(text()).toContain('Reading the fixes…')
  await vi.waitFor(() => expect(text()).toContain(`Fix ${runs[0]!.id}`))
  flushSync()
}

beforeEach(async () => {
  await database.runs.clear()
  answer('model', 'info', () => ({ exportRefusal: 'It has no form.', trained: null }))
  answer('runs', 'combine', () => ({ rowsRemoved: 2, rowsPadded: 0, conflicts: [] }))
})

it('asks the core for what is chosen', async () => {
  const asked = vi.fn(() => ({ job: 'a' }))
  answer('runs', 'export', asked)
  await show([run('a'), run('b')], 'a,b')
  expect(primary().textContent).toContain('Export 2 fixes as one')
  primary().click()
  primary().click()
  await vi.waitFor(() => expect(asked).toHaveBeenCalled())
  expect(asked.mock.calls).toEqual([
    [{ project, fixes: ['b', 'a'], format: null, destination: null }]
  ])
})

it('says why it is not known which rows are edited twice, and asks again', async () => {
  answer('runs', 'combine', () => {
    throw new Refusal('damaged-file', 'a.json is damaged.')
  })
  await show([run('a'), run('b')], 'a,b')
  await vi.waitFor(() => expect(text()).toContain('a.json is damaged.'))
  const conflicts = [{ row: 3, fixes: ['a', 'b'], resolution: 'It is removed.' }]
  answer('runs', 'combine', () => ({ rowsRemoved: 2, rowsPadded: 0, conflicts }))
  document.querySelector<HTMLButtonElement>('[role=alert] button')!.click()
  await vi.waitFor(() => expect(text()).toContain('1 row is edited by more than one'))
  expect(text()).not.toContain('a.json is damaged.')
})

it('says which fixes are of an earlier model, and exports none of them with others', async () => {
  await show([run('new'), run('old', true)], 'new')
  expect(text()).toMatch(/Fix old example 7 · [^·]* · made for an earlier model/)
  expect(text().match(/made for an earlier/g)).toHaveLength(1)
  expect(primary().disabled).toBe(false)
  tick('old')
  flushSync()
  expect(text()).toContain('1 fix was made for an earlier base model. Fixes for two models')
  expect(primary().disabled).toBe(true)
  tick('new')
  flushSync()
  expect(text()).toContain('1 fix was made for an earlier base model. What that does')
  expect(primary().disabled).toBe(false)
})

it('says that an exported model is an earlier one once that is trained anew', async () => {
  const epochs = [{ epoch: 1 }]
  answer('model', 'info', () => ({ exportRefusal: null, trained: { epochs }, modelKey: 'old' }))
  const job = { project, endedAt: '2026-01-01T00:00:00Z', state: 'done' as const }
  const facts = { model: 'old', folder: '/a', files: [], epoch: 1, accuracy: 0.9 }
  const exported = {
    ...{ ...job, id: 'm', kind: 'export-model' as const },
    result: { kind: 'exported-model' as const, ...facts }
  }
  const training = { ...job, id: 't', kind: 'train' as const }
  tellJobs([{ ...training, state: 'running', endedAt: null }, exported])
  await show([run('a')], 'a')
  await vi.waitFor(() => expect(text()).toContain('right on 90.0 %'))
  expect(text()).not.toContain('trained again since')
  answer('model', 'info', () => ({ exportRefusal: null, trained: { epochs }, modelKey: 'new' }))
  tellJobs([training, exported])
  await vi.waitFor(() => expect(text()).toContain('trained again since'))
})
