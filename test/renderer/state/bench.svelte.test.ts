import { flushSync } from 'svelte'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { database } from '../../../src-renderer/db/database.ts'
import { keptDraft } from '../../../src-renderer/db/kept.ts'
import { application } from '../../../src-renderer/state/application.svelte.ts'
import type { BenchView } from '../../../src-renderer/state/bench.svelte.ts'
import { Bench, benchOf } from '../../../src-renderer/state/bench.svelte.ts'
import { startingSelection } from '../../../src-renderer/state/bench-selection.ts'
import { Refusal, answer, later, tellJobs } from '../core.ts'

const project = 'films'
const opponents = Array.from({ length: 300 }, (_, row) => ({ row, padWord: 'zany' }))

/** What the core says of a mistake that `counted` rows pushed. */
function view(method: string, top = 200, counted = 300): BenchView {
  return {
    method,
    opponents: opponents.slice(0, Math.min(top, counted)),
    proponents: [],
    counts: { training: 1000, opponents: counted, proponents: 10 },
    timing: { secondsPerRound: 2, knownBaselineRounds: 4, threads: 2 }
  } as unknown as BenchView
}

async function opened(example: number): Promise<Bench> {
  const bench = new Bench(project, example)
  await vi.waitFor(() => expect(bench.loading).toBe(false))
  return bench
}

beforeEach(async () => {
  await database.drafts.clear()
  answer('bench', 'explain', ({ method, top }) => view(method ?? 'tracin-we', top))
})

describe('what is chosen', () => {
  it('begins as the paper has it', async () => {
    expect((await opened(1)).chosen).toHaveLength(50)
  })

  it('is undone and done again, step by step', async () => {
    const bench = await opened(1)
    bench.choose({ ...bench.selection, k: 7 })
    bench.choose({ ...bench.selection, k: 9 })
    bench.undo()
    bench.undo()
    expect(bench.selection.k).toBe(50)
    bench.undo()
    expect(bench.selection.k).toBe(50)
    bench.redo()
    bench.redo()
    bench.redo()
    expect(bench.selection.k).toBe(9)
  })

  it('forgets what was undone when something else is chosen', async () => {
    const bench = await opened(1)
    bench.choose({ ...bench.selection, k: 7 })
    bench.undo()
    bench.choose({ ...bench.selection, k: 8 })
    bench.redo()
    expect(bench.selection.k).toBe(8)
  })

  it('is kept as it is after an undo and after a redo', async () => {
    const bench = await opened(1)
    const kept = async () => (await keptDraft(project, 1))?.selection.k
    bench.choose({ ...bench.selection, k: 7 })
    await vi.waitFor(async () => expect(await kept()).toBe(7))
    bench.undo()
    await vi.waitFor(async () => expect(await kept()).toBe(50))
    bench.redo()
    await vi.waitFor(async () => expect(await kept()).toBe(7))
  })

  it('fetches more opponents when k goes beyond those that are listed', async () => {
    const bench = await opened(1)
    expect(bench.opponents).toHaveLength(200)
    bench.choose({ ...bench.selection, k: 250 })
    await vi.waitFor(() => expect(bench.opponents).toHaveLength(300))
    expect(bench.chosen).toHaveLength(250)
  })
})

describe('a draft', () => {
  it('is found again, with its rounds and its control', async () => {
    const bench = await opened(2)
    bench.choose({ ...bench.selection, action: 'pad', k: 250, except: [3] })
    bench.rounds = 4
    bench.control = false
    bench.keep()
    await vi.waitFor(async () => expect(await keptDraft(project, 2)).toMatchObject({ rounds: 4 }))

    const again = await opened(2)
    await vi.waitFor(() => expect(again.chosen).toHaveLength(249))
    expect(again).toMatchObject({ rounds: 4, control: false, selection: bench.selection })
    again.undo()
    expect(again.selection.k, 'there is nothing to undo yet').toBe(250)
  })

  it('chooses no more rows than there are by now', async () => {
    const selection = { ...startingSelection(300), k: 250 }
    await database.drafts.put({
      ...{ project, example: 3, selection, rounds: 10, control: true, changedAt: 1 }
    })
    answer('bench', 'explain', () => view('tracin-we', 200, 120))
    expect((await opened(3)).selection.k).toBe(120)
  })
})

describe('texts that do not come with their rows', () => {
  const words = [{ word: 'zany', influence: -1, editable: true, spans: [] }]
  const rows = (count: number, read: number) =>
    Array.from({ length: count }, (_, row) => ({
      ...{ row, padWord: 'zany', words },
      text: row < read ? 'A zany film.' : null
    }))
  const textsOf = (rows: readonly { row: number; words: string[] }[]) =>
    rows.map(({ row, words }) => ({ text: `${words.join()} ${row}`, spans: [[[0, 4]]] }))
  const texts = (bench: Bench) => bench.opponents.map(({ text }) => text)

  beforeEach(() => {
    answer('bench', 'explain', ({ method, top, read }) => ({
      ...view(method ?? 'tracin-we'),
      opponents: rows(top, read)
    }))
    answer('bench', 'texts', ({ rows }) => textsOf(rows))
  })

  it('follow when the first rows are shown, with where the words stand', async () => {
    const shown = later<undefined>()
    answer('bench', 'texts', async ({ rows }) => {
      await shown.promise
      return textsOf(rows)
    })
    const bench = new Bench(project, 1)
    await vi.waitFor(() => expect(bench.chosen).toHaveLength(50))
    expect(texts(bench).filter((text) => text !== null)).toEqual(Array(20).fill('A zany film.'))
    const [first] = bench.opponents
    shown.come(undefined)
    await vi.waitFor(() => expect(bench.loading).toBe(false))
    expect(texts(bench)).not.toContain(null)
    expect(bench.opponents[0], 'what was there stays as it is').toBe(first)
    expect(bench.opponents[150]).toMatchObject({
      ...{ row: 150, text: 'zany 150' },
      words: [{ word: 'zany', influence: -1, spans: [[0, 4]] }]
    })
  })

  it('are all there at once when what is shown is asked for anew', async () => {
    const bench = await opened(1)
    answer('bench', 'texts', () => {
      throw new Refusal('internal', 'Nothing is left to ask for.')
    })
    await bench.load('random')
    expect(bench.error).toBeUndefined()
    expect(texts(bench)).not.toContain(null)
  })
})

describe('what is known of a mistake', () => {
  it('is the answer to the last question, however late the one before comes', async () => {
    const bench = await opened(1)
    const slow = later<BenchView>()
    answer('bench', 'explain', ({ method }) =>
      method === 'random' ? slow.promise : view(method ?? '')
    )
    const first = bench.load('random')
    await bench.load('tracin-we-adam')
    slow.come(view('random'))
    await first
    expect(bench.view?.method).toBe('tracin-we-adam')
    expect(bench.loading).toBe(false)
  })

  it('is another ranking by another method, for which nothing is chosen by hand', async () => {
    const bench = await opened(1)
    bench.choose({ ...bench.selection, except: [3] })
    await bench.load('random')
    expect(bench.selection).toEqual(startingSelection(300))
  })

  it('can be an error, until it is tried again', async () => {
    answer('bench', 'explain', () => {
      throw new Refusal('not-trained', 'Train the model first.')
    })
    const bench = await opened(1)
    expect(bench.error).toEqual({ code: 'not-trained', message: 'Train the model first.' })
    answer('bench', 'explain', () => view('tracin-we'))
    await bench.load(null)
    expect(bench.error).toBeUndefined()
  })

  it('says how long a fix takes, by the rounds that are still to be run', async () => {
    const bench = await opened(1)
    bench.rounds = 10
    bench.control = true
    // 6 of the baseline, 10 edited, 10 of the control, 2 s each on 2 threads.
    expect(bench.expectedSeconds(50)).toBe(26)
    bench.control = false
    expect(bench.expectedSeconds(50)).toBe(16)
    expect(bench.expectedSeconds(0)).toBeUndefined()
  })
})

describe('benches that were used', () => {
  it('are as they were left', async () => {
    const bench = benchOf(project, 10)
    await vi.waitFor(() => expect(bench.loading).toBe(false))
    bench.choose({ ...bench.selection, k: 7 })
    benchOf(project, 11)
    expect(benchOf(project, 10)).toBe(bench)
  })

  it('go on when the view is gone that opened them', async () => {
    let bench: Bench | undefined
    const view = $effect.root(() => {
      const shown = $derived(benchOf(project, 12))
      $effect(() => void (bench = shown))
    })
    flushSync()
    await vi.waitFor(() => expect(bench?.chosen).toHaveLength(50))
    view()
    bench!.choose({ ...bench!.selection, k: 7 })
    expect(bench!.chosen).toHaveLength(7)
  })

  it('are let go when many others were used since', () => {
    const first = benchOf(project, 100)
    const second = benchOf(project, 101)
    for (let example = 102; example < 120; example++) benchOf(project, example)
    expect(benchOf(project, 100)).toBe(first)
    benchOf(project, 120)
    expect(benchOf(project, 101)).not.toBe(second)
  })

  it('learn what a job of their project has changed', async () => {
    const bench = benchOf(project, 20)
    await vi.waitFor(() => expect(bench.loading).toBe(false))
    await bench.load('random')
    bench.choose({ ...bench.selection, k: 7 })
    const doubts = ['It has hardly learned.']
    answer('bench', 'explain', ({ method }) => ({ ...view(method ?? 'tracin-we'), doubts }))
    const end = (kind: 'stability' | 'train') => {
      tellJobs([{ id: kind, kind, project, endedAt: null }])
      tellJobs([{ id: kind, kind, project, endedAt: '2026-01-01T00:00:00Z' }])
    }
    end('stability')
    expect(bench.isStale).toBe(true)
    await bench.refresh()
    expect(bench).toMatchObject({ isStale: false, view: { method: 'random', doubts } })
    expect(bench.selection.k, 'what was chosen stays').toBe(7)
    end('train')
    await bench.refresh()
    expect(bench.view?.method, 'that which suits the new model').toBe('tracin-we')
  })

  it('learn that another device is to compute', async () => {
    const bench = benchOf(project, 20)
    await vi.waitFor(() => expect(bench.loading).toBe(false))
    answer('application', 'change', ({ device }) => ({ threads: null, device: device! }))
    expect(bench.isStale).toBe(false)
    await application.change({ device: 'cpu' })
    expect(bench.isStale).toBe(true)
  })
})
