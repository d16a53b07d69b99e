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
    super(name, { indexedDB: keepingNewer() })
    this.version(1).stores({ runs: '[project+id], project', filters: 'project' })
    // Records of runs gained a title, a name and a note: they are fetched anew.
    this.version(2)
      .stores({ drafts: '[project+example], project, changedAt', seen: 'what' })
      .upgrade((upgrade) => upgrade.table('runs').clear())
  }
}

/**
 * Dexie falls back on opening a newer database as it is, and patches what differs in it. Its second
 * try names no version: this lets that one fail as well, so that a newer database stays as it is.
 */
function keepingNewer(): IDBFactory {
  return {
    open: (name, version = 1) => indexedDB.open(name, version),
    deleteDatabase: (name) => indexedDB.deleteDatabase(name),
    databases: () => indexedDB.databases(),
    cmp: (first, second) => indexedDB.cmp(first, second)
  }
}

export const database = new Database()

/** What to tell when the database cannot be used: why, and what to do. */
export function unusable(error: unknown): { code: string; message: string } {
  // What kept it from being opened stands within; the message repeats it in a second line.
  const { inner } = error as { inner?: unknown }
  const isNewer = [error, inner].some((one) => one instanceof Error && one.name === 'VersionError')
  const [reason] = (error instanceof Error ? error.message : String(error)).split('\n')
  const what = isNewer
    ? 'The window’s own records are those of a newer Erratum. Update this one, or reset them in Settings'
    : `The window’s own records cannot be used (${reason}). Reset them in Settings`
  return { code: 'internal', message: `${what}: your projects keep everything.` }
}
