/** Beginnings of texts, fetched as rows come into view: a batch at a time, and kept. */
import { SvelteMap } from 'svelte/reactivity'

/** Rows asked for at once. */
const batchSize = 100
/** Texts beyond this many are let go. */
const mostKept = 5000

export class Texts {
  readonly #known = new SvelteMap<number, string>()
  readonly #fetch: (rows: number[]) => Promise<string[]>
  #wanted = new Set<number>()
  #asked = new Set<number>()
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(fetch: (rows: number[]) => Promise<string[]>) {
    this.#fetch = fetch
  }

  /** The text of a row; undefined until it has come. */
  of(row: number): string | undefined {
    const known = this.#known.get(row)
    if (known === undefined && !this.#asked.has(row)) {
      this.#wanted.add(row)
      // Rows that flew past while scrolling fast are asked for last, or not at all.
      this.#timer ??= setTimeout(() => void this.#ask(), 30)
    }
    return known
  }

  async #ask(): Promise<void> {
    this.#timer = undefined
    const rows = Array.from(this.#wanted).slice(-batchSize)
    this.#wanted.clear()
    rows.forEach((row) => this.#asked.add(row))
    try {
      const texts = await this.#fetch(rows)
      if (this.#known.size > mostKept) this.#known.clear()
      rows.forEach((row, n) => this.#known.set(row, texts[n]!))
    } catch {
      // They are asked for again when they are next shown.
    }
    rows.forEach((row) => this.#asked.delete(row))
  }
}
