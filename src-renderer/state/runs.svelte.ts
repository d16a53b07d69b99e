/** The fixes of a project that were tried: records in the database, kept like the project's folder. */
import type { RunRecord } from '../db/database.ts'
import { database, unusable } from '../db/database.ts'
import { core, failure } from '../host/host.ts'
import type { Outputs } from '../host/host.ts'
import { jobs } from './jobs.svelte.ts'
import { notices } from './notices.svelte.ts'

export type RunView = Outputs['runs']['get']
export type Arm = RunView['report']['baseline']

/** The records of a project, the newest first. */
export async function runsOf(project: string): Promise<RunRecord[]> {
  const records = await database.runs.where({ project }).toArray()
  return records.sort((a, b) => (a.savedAt < b.savedAt ? 1 : -1))
}

/** Makes the records of a project what its folder has. */
export async function refreshRuns(project: string): Promise<void> {
  const list = await core.runs.list.query({ project })
  try {
    await database.transaction('rw', database.runs, async () => {
      await database.runs.where({ project }).delete()
      await database.runs.bulkPut(list.map((run) => ({ ...run, project })))
    })
  } catch (error) {
    throw new Error(unusable(error).message, { cause: error })
  }
}

/** Keeps the records of a project as they are in its folder from now on. */
export function followRuns(project: string): () => void {
  const refresh = () => void refreshRuns(project).catch((error) => notices.fail(failure(error)))
  refresh()
  return jobs.onEnd((job) => job.project === project && refresh())
}

/** Names a fix and keeps what was written about it. */
export async function annotate({ project, id }: RunRecord, name: string, note: string) {
  try {
    await core.runs.annotate.mutate({ project, fix: id, name, note })
    await database.runs.update([project, id], { name: name.trim(), note })
  } catch (error) {
    notices.fail(failure(error))
  }
}

/** Takes fixes off the list; it can be undone. */
export async function remove(project: string, runs: readonly RunRecord[]): Promise<void> {
  try {
    for (const { id } of runs) await core.runs.delete.mutate({ project, fix: id })
    await refreshRuns(project)
    const what = runs.length === 1 ? nameOf(runs[0]!) : `${runs.length} fixes`
    notices.done(`${what} deleted.`, () => void restore(project, runs))
  } catch (error) {
    notices.fail(failure(error))
  }
}

async function restore(project: string, runs: readonly RunRecord[]): Promise<void> {
  try {
    for (const { id } of runs) await core.runs.restore.mutate({ project, fix: id })
    await refreshRuns(project)
  } catch (error) {
    notices.fail(failure(error))
  }
}

/** What a fix is called. */
export function nameOf({ name, title }: Pick<RunRecord, 'name' | 'title'>): string {
  return name || title
}
