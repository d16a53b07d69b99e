/** The rows of a data set that pass a filter, a page at a time as they come into view. */
import { SvelteMap } from 'svelte/reactivity'
import type { Inputs, Outputs } from '../host/host.ts'
import { core, failure } from '../host/host.ts'

type Row = Outputs['projects']['rows']['rows'][number]
export type RowFilter = Pick<Inputs['projects']['rows'], 'split' | 'label' | 'search'>

const pageSize = 100

export class RowPages {
  /** undefined until the first page has come. */
  total = $state<number | undefined>()
  error = $state.raw<{ code: string; message: string } | undefined>()
  readonly #pages = new SvelteMap<number, readonly Row[]>()
  readonly #asked = new Set<number>()
  readonly #abort = new AbortController()
  readonly #wanted: Inputs['projects']['rows']

  constructor(project: string, filter: RowFilter) {
    this.#wanted = { project, ...filter, start: 0, count: pageSize }
    void this.#fetch(0)
  }

  /** The row at a place in the list; undefined until it has come. */
  at(index: number): Row | undefined {
    const page = Math.floor(index / pageSize)
    if (!this.#pages.has(page)) void this.#fetch(page)
    return this.#pages.get(page)?.[index % pageSize]
  }

  /** Gives up what is under way. */
  close(): void {
    this.#abort.abort()
  }

  async #fetch(page: number): Promise<void> {
    if (this.#asked.has(page)) return
    this.#asked.add(page)
    try {
      const wanted = { ...this.#wanted, start: page * pageSize }
      const { total, rows } = await core.projects.rows.query(wanted, {
        signal: this.#abort.signal
      })
      this.total = total
      this.#pages.set(page, rows)
    } catch (error) {
      this.#asked.delete(page)
      if (!this.#abort.signal.aborted) this.error = failure(error)
    }
  }
}
