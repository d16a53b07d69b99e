/** What a window keeps from one day to the next: filters, drafts of edits, what was shown once. */
import type { MistakeFilter } from '../state/mistake-filter.ts'
import type { DraftRecord } from './database.ts'
import { database } from './database.ts'

/** Drafts beyond this many are let go, the oldest first. */
const mostDrafts = 500

/** How the list of mistakes of a project was left. */
export async function keptFilter(project: string): Promise<MistakeFilter | undefined> {
  return (await database.filters.get(project))?.filter
}

export async function keepFilter(project: string, filter: MistakeFilter): Promise<void> {
  await database.filters.put({ project, filter })
}

/** What was chosen on a bench and not tried yet. */
export function keptDraft(project: string, example: number): Promise<DraftRecord | undefined> {
  return database.drafts.get([project, example])
}

export async function keepDraft(draft: Omit<DraftRecord, 'changedAt'>): Promise<void> {
  await database.drafts.put({ ...draft, changedAt: Date.now() })
  const tooMany = (await database.drafts.count()) - mostDrafts
  if (tooMany > 0) await database.drafts.orderBy('changedAt').limit(tooMany).delete()
}

/** Whether something that is shown once was shown; without the database it is taken as shown. */
export async function wasSeen(what: string): Promise<boolean> {
  return (await database.seen.get(what).catch(() => ({ what }))) !== undefined
}

export async function markSeen(what: string): Promise<void> {
  await database.seen.put({ what }).catch(() => undefined)
}
