/** The list of mistakes of a project: it outlives the view, so that coming back finds it as it was. */
import { keepFilter, keptFilter } from '../db/kept.ts'
import { core, failure, onConnection } from '../host/host.ts'
import type { Outputs } from '../host/host.ts'
import { jobs } from './jobs.svelte.ts'
import { Lasting } from './lasting.svelte.ts'
import type { MistakeFilter } from './mistake-filter.ts'
import { everything, passing } from './mistake-filter.ts'
import { Texts } from './texts.svelte.ts'

export type Table = Outputs['mistakes']['table']

export class MistakeList {
  readonly project: string
  readonly texts: Texts
  table = $state.raw<Table | undefined>()
  error = $state.raw<{ code: string; message: string } | undefined>()
  filter = $state.raw<MistakeFilter>(everything)
  /** Examples whose text holds what is searched for; undefined while nothing is. */
  #found = $state.raw<ReadonlySet<number> | undefined>()
  /** Indices into the table, in the order of the list. */
  readonly shown = $derived(this.table ? passing(this.table, this.filter, this.#found) : [])
  /** The example that is selected. */
  selected = $state<number | undefined>()
  /** Where the list is scrolled to, in pixels. */
  scrolled = 0
  #searching = 0
  #isChanged = false

  constructor(project: string) {
    this.project = project
    this.texts = new Texts((rows) => core.mistakes.texts.query({ project, rows }))
    void this.refresh()
    void this.#recallFilter()
  }

  async refresh(): Promise<void> {
    try {
      this.table = await core.mistakes.table.query({ project: this.project })
      this.error = undefined
    } catch (error) {
      this.error = failure(error)
    }
  }

  change(change: Partial<MistakeFilter>): void {
    const searched = change.search !== undefined && change.search !== this.filter.search
    this.filter = { ...this.filter, ...change }
    this.#isChanged = true
    if (searched) void this.#search(this.filter.search.trim())
    // A filter that cannot be kept still filters.
    void keepFilter(this.project, this.filter).catch(() => undefined)
  }

  /** Takes the filter up as it was left, unless one is set by then. */
  async #recallFilter(): Promise<void> {
    const kept = await keptFilter(this.project).catch(() => undefined)
    if (!kept || this.#isChanged) return
    this.filter = { ...kept, search: '' }
  }

  /** Everything again; the order stays. */
  clear(): void {
    this.change({ ...everything, sort: this.filter.sort })
  }

  /** The example that stands `step` places from the selected one in the list. */
  neighbour(step: number, from = this.selected): number | undefined {
    if (!this.table) return undefined
    const examples = this.shown.map((index) => this.table!.examples[index]!)
    const at = from === undefined ? -1 : examples.indexOf(from)
    if (at < 0) return step > 0 ? examples[0] : undefined
    return examples[at + step]
  }

  async #search(query: string): Promise<void> {
    const turn = ++this.#searching
    if (query === '') {
      this.#found = undefined
      return
    }
    // Waits for the end of the word.
    await new Promise((resolve) => setTimeout(resolve, 150))
    if (turn !== this.#searching) return
    try {
      const found = await core.mistakes.search.query({ project: this.project, query })
      if (turn === this.#searching) this.#found = new Set(found)
    } catch (error) {
      if (turn === this.#searching) this.error = failure(error)
    }
  }
}

const lists = new Lasting<MistakeList>(5)

// Trainings and rounds change what is known of mistakes.
jobs.onEnd(({ project, kind }) => {
  if (kind === 'export' || kind === 'export-model') return
  for (const list of lists.all()) if (list.project === project) void list.refresh()
})

onConnection((connected) => {
  if (!connected) return
  for (const list of lists.all()) if (list.error) void list.refresh()
})

/** The list of a project, as it was left. */
export function mistakesOf(project: string): MistakeList {
  return lists.of(project, () => new MistakeList(project))
}
