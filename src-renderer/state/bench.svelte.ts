/** A mistake on the bench: what was chosen for it outlives the view, with its undo. */
import { keepDraft, keptDraft } from '../db/kept.ts'
import { core, failure } from '../host/host.ts'
import type { Outputs } from '../host/host.ts'
import { application } from './application.svelte.ts'
import type { Selection } from './bench-selection.ts'
import { chosenRows, startingSelection } from './bench-selection.ts'
import { unread, withTexts } from './bench-texts.ts'
import { jobs } from './jobs.svelte.ts'
import { Lasting } from './lasting.svelte.ts'
import { atLeisure } from './leisure.ts'

export type BenchView = Outputs['bench']['explain']
export type BenchRow = BenchView['opponents'][number]
type Method = BenchView['method']

/** Opponents that are listed at first, and how many more are fetched when k goes beyond. */
const firstTop = 200
const mostListed = 2000
/** Rows that a large window shows at once, which come with their texts, and texts fetched at once. */
const seenFirst = 20
const textsAtOnce = 100

export class Bench {
  readonly project: string
  readonly example: number
  view = $state.raw<BenchView | undefined>()
  error = $state.raw<{ code: string; message: string } | undefined>()
  loading = $state(true)
  /** Whether a training, rounds or a setting may make it say something else than when it was loaded. */
  isStale = $state(false)
  selection = $state.raw<Selection>(startingSelection(0))
  rounds = $state(10)
  control = $state(true)
  #isOfOtherModel = false
  #past: Selection[] = []
  #future: Selection[] = []
  #top = firstTop
  #turn = 0

  readonly opponents = $derived(this.view?.opponents ?? [])
  readonly chosen = $derived(chosenRows(this.selection, this.opponents))

  constructor(project: string, example: number) {
    this.project = project
    this.example = example
    void this.load(null)
  }

  /** Says that there may be something else to know; `trained`: of another model. */
  outdate(trained: boolean): void {
    this.isStale = true
    this.#isOfOtherModel ||= trained
  }

  /** Asks again what is known, with all that was chosen in place. */
  refresh(): Promise<void> {
    // Another optimizer may be suited by another method.
    return this.load(this.#isOfOtherModel ? null : (this.view?.method ?? null))
  }

  /** Ranks the rows by a method; null: the one that suits the model. */
  async load(method: Method | null): Promise<void> {
    const turn = ++this.#turn
    this.loading = true
    this.isStale = false
    this.#isOfOtherModel = false
    const { project, example } = this
    try {
      const top = this.#top
      // What is shown already waits for all texts, rather than lose some of them.
      const read = this.view ? top : seenFirst
      const view = await core.bench.explain.query({ project, example, method, top, read })
      if (turn !== this.#turn) return
      const isNew = this.view?.method !== view.method
      const first = this.view === undefined
      this.view = view
      this.error = undefined
      if (isNew) this.selection = startingSelection(view.counts.opponents)
      if (first) await this.#recallDraft(view)
      await this.#readOthers(turn)
    } catch (error) {
      if (turn === this.#turn) this.error = failure(error)
    } finally {
      if (turn === this.#turn) this.loading = false
    }
  }

  /** Fetches the texts that did not come with their rows, some at a time: others may ask as well. */
  async #readOthers(turn: number): Promise<void> {
    while (turn === this.#turn && this.view) {
      const rows = unread(this.view).slice(0, textsAtOnce)
      if (rows.length === 0) return
      await new Promise<void>(atLeisure)
      const texts = await core.bench.texts.query({ project: this.project, rows })
      if (turn === this.#turn) this.view = withTexts(this.view, rows, texts)
    }
  }

  /** Changes the selection; it can be undone. */
  choose(selection: Selection): void {
    this.#past = [...this.#past.slice(-99), this.selection]
    this.#future = []
    this.selection = selection
    this.keep()
    const wanted = Math.min(selection.k, mostListed)
    if (this.view && wanted > this.#top && this.#top < this.view.counts.opponents) {
      this.#top = Math.min(mostListed, Math.max(2 * this.#top, wanted))
      void this.load(this.view.method)
    }
  }

  /** Keeps what is chosen, so that a reload or another day finds it. */
  keep(): void {
    const { project, example, selection, rounds, control } = this
    // What cannot be kept can still be tried.
    void keepDraft({ project, example, selection, rounds, control }).catch(() => undefined)
  }

  async #recallDraft({ counts }: BenchView): Promise<void> {
    const draft = await keptDraft(this.project, this.example).catch(() => undefined)
    if (!draft || this.#past.length > 0) return
    this.rounds = draft.rounds
    this.control = draft.control
    this.choose({ ...draft.selection, k: Math.min(draft.selection.k, counts.opponents) })
    this.#past = []
  }

  undo(): void {
    const before = this.#past.pop()
    if (!before) return
    this.#future.push(this.selection)
    this.selection = before
    this.keep()
  }

  redo(): void {
    const after = this.#future.pop()
    if (!after) return
    this.#past.push(this.selection)
    this.selection = after
    this.keep()
  }

  /** Seconds that the fix takes; undefined before any round is known. */
  expectedSeconds(edits: number): number | undefined {
    const timing = this.view?.timing
    if (timing?.secondsPerRound == null || edits === 0) return undefined
    const baseline = Math.max(this.rounds - timing.knownBaselineRounds, 0)
    const rounds = baseline + this.rounds * (this.control ? 2 : 1)
    return (timing.secondsPerRound * rounds) / Math.min(timing.threads, rounds)
  }
}

const benches = new Lasting<Bench>(20)

// Rounds and trainings change what is known; each bench asks for it when it is next looked at.
jobs.onEnd(({ project, kind }) => {
  if (kind === 'export' || kind === 'export-model') return
  for (const bench of benches.all()) {
    if (bench.project === project) bench.outdate(kind === 'train')
  }
})

// What a fix takes depends on the device and on how many rounds go side by side.
application.onChange(() => benches.all().forEach((bench) => bench.outdate(false)))

/** The bench of an example, as it was left. */
export function benchOf(project: string, example: number): Bench {
  return benches.of(`${project}/${example}`, () => new Bench(project, example))
}
