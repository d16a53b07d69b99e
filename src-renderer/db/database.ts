/**
 * What the user makes in the windows, and records that make them quick: one table a thing. All that
 * a project needs stands in its folder, so a database that is lost is made again from there.
 */
import { Dexie } from 'dexie'
import type { EntityTable, Table } from 'dexie'
import type { RunSummary } from '../../src-preload/contract/runs.ts'
import type { Selection } from '../state/bench-selection.ts'
import type { MistakeFilter } from '../state/mistake-filter.ts'

/** A fix as the lists show it; its project's folder has the whole of it. */
export type RunRecord = RunSummary & { project: string }

/** How the list of mistakes of a project was left. */
export interface FilterRecord {
  project: string
  filter: MistakeFilter
}

/** What was chosen on a bench and not tried yet. */
export interface DraftRecord {
  project: string
  example: number
  selection: Selection
  rounds: number
  control: boolean
  /** Milliseconds since 1970; the oldest drafts are let go. */
  changedAt: number
}

/** Something that is shown once only, such as the tour. */
export interface SeenRecord {
  what: string
}

export class Database extends Dexie {
  readonly runs!: Table<RunRecord, [string, string]>
  readonly filters!: EntityTable<FilterRecord, 'project'>
  readonly drafts!: Table<DraftRecord, [string, number]>
  readonly seen!: EntityTable<SeenRecord, 'what'>

  constructor(name = 'erratum') {
    super(name)
    this.version(1).stores({ runs: '[project+id], project', filters: 'project' })
    // Records of runs gained a title, a name and a note: they are fetched anew.
    this.version(2)
      .stores({ drafts: '[project+example], project, changedAt', seen: 'what' })
      .upgrade((upgrade) => upgrade.table('runs').clear())
  }
}

export const database = new Database()
