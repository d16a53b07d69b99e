import { flushSync } from 'svelte'
import { beforeEach, expect, it, vi } from 'vitest'
import { database } from '../../../src-renderer/db/database.ts'
import { everything } from '../../../src-renderer/state/mistake-filter.ts'
import { MistakeList, mistakesOf } from '../../../src-renderer/state/mistakes.svelte.ts'
import { Refusal, answer, later, tellJobs } from '../core.ts'

const table = {
  labels: ['ham', 'spam'],
  examples: [40, 10, 30],
  probabilities: [0.4, 0.3, 0.2],
  trueClasses: [0, 1, 0],
  predictedClasses: [1, 0, 1],
  rounds: 0,
  fixed: [0, 0, 0],
  heldOut: 100
}
let projects = 0
let project = ''

async function opened(): Promise<MistakeList> {
  const list = new MistakeList(project)
  await vi.waitFor(() => expect(list.table).toBeDefined())
  return list
}
const examples = (list: MistakeList) => list.shown.map((index) => table.examples[index])

beforeEach(() => {
  project = `project-${++projects}`
  answer('mistakes', 'table', () => table)
})

it('keeps how the list was left, but not what was searched for', async () => {
  answer('mistakes', 'search', () => [10])
  const list = await opened()
  list.change({ band: [0.3, 0.7], search: 'zany' })
  await vi.waitFor(async () => expect(await database.filters.get(project)).toBeDefined())
  const again = await opened()
  await vi.waitFor(() => expect(again.filter).toEqual({ ...everything, band: [0.3, 0.7] }))
  expect(examples(again)).toEqual([40, 10])
})

it('does not put a kept filter over one that was set before it came', async () => {
  await database.filters.put({ project, filter: { ...everything, trueClass: 1 } })
  const list = new MistakeList(project)
  list.change({ trueClass: 0 })
  await vi.waitFor(() => expect(list.table).toBeDefined())
  await database.filters.get(project)
  expect(list.filter.trueClass).toBe(0)
})

it('keeps the order when everything is shown again', async () => {
  const list = await opened()
  list.change({ trueClass: 1, sort: { key: 'example', descending: false } })
  list.clear()
  expect(examples(list)).toEqual([10, 30, 40])
})

it('steps through what is shown, in its order, and stops at the ends', async () => {
  const list = await opened()
  expect(list.neighbour(1)).toBe(40)
  expect(list.neighbour(-1)).toBeUndefined()
  list.selected = 10
  expect([list.neighbour(-1), list.neighbour(1)]).toEqual([40, 30])
  expect(list.neighbour(1, 30)).toBeUndefined()
  list.change({ trueClass: 0 })
  expect(list.neighbour(1), 'from one that is not shown any more').toBe(40)
})

it('searches once the word is written, and shows everything again without one', async () => {
  const asked: string[] = []
  answer('mistakes', 'search', ({ query }) => {
    asked.push(query)
    return [30]
  })
  const list = await opened()
  for (const search of ['z', 'za', 'zany ']) list.change({ search })
  await vi.waitFor(() => expect(examples(list)).toEqual([30]))
  expect(asked).toEqual(['zany'])
  list.change({ search: '' })
  expect(examples(list)).toHaveLength(3)
})

it('drops what an earlier search finds late', async () => {
  const slow = later<number[]>()
  const asked = vi.fn()
  answer('mistakes', 'search', ({ query }) => {
    asked(query)
    return query === 'slow' ? slow.promise : [10]
  })
  const list = await opened()
  list.change({ search: 'slow' })
  await vi.waitFor(() => expect(asked).toHaveBeenCalledWith('slow'))
  list.change({ search: 'quick' })
  await vi.waitFor(() => expect(examples(list)).toEqual([10]))
  slow.come([40, 30])
  // Its answer comes before that to the next question.
  await list.refresh()
  expect(examples(list)).toEqual([10])
})

it('learns what a job of its project has changed, and nothing from an export', async () => {
  const list = mistakesOf(project)
  await vi.waitFor(() => expect(list.table).toBeDefined())
  const asked = vi.fn(() => ({ ...table, rounds: 4 }))
  answer('mistakes', 'table', asked)
  const job = { id: 'a', kind: 'export' as const, project, endedAt: null }
  const ofModel = { ...job, id: 'm', kind: 'export-model' as const }
  const ended = { endedAt: '2026-01-01T00:00:00Z' }
  tellJobs([job, ofModel])
  tellJobs([
    { ...job, ...ended },
    { ...ofModel, ...ended }
  ])
  tellJobs([{ ...job, id: 'b', kind: 'stability' }])
  tellJobs([{ ...job, id: 'b', kind: 'stability', ...ended }])
  await vi.waitFor(() => expect(list.table?.rounds).toBe(4))
  expect(asked).toHaveBeenCalledOnce()
})

it('says why there is no list, until there is one', async () => {
  answer('mistakes', 'table', () => {
    throw new Refusal('not-trained', 'Train the model first.')
  })
  const list = new MistakeList(project)
  await vi.waitFor(() => expect(list.error?.code).toBe('not-trained'))
  answer('mistakes', 'table', () => table)
  await list.refresh()
  expect(list.error).toBeUndefined()
})

it('goes on when the view is gone that opened it', async () => {
  let list: MistakeList | undefined
  const view = $effect.root(() => {
    const shown = $derived(mistakesOf(project))
    $effect(() => void (list = shown))
  })
  flushSync()
  await vi.waitFor(() => expect(list?.shown).toHaveLength(3))
  view()
  list!.change({ trueClass: 1 })
  expect(examples(list!)).toEqual([10])
})

it('is one list a project, for every view', () => {
  expect(mistakesOf(project)).toBe(mistakesOf(project))
  expect(mistakesOf(project)).not.toBe(mistakesOf('another'))
})
