/** What the host shows of jobs outside of any window: on the application's icon, in notifications. */
import type { JobView } from '../../src-preload/contract/jobs.ts'
import type { JobCenter } from '../service/jobs.ts'
import type { FromCore } from './messages.ts'

/** Tells the host how far the running job is, and of each job that ends. */
export function tellHostOfJobs(jobs: JobCenter, tell: (message: FromCore) => void): void {
  const open = new Set<string>()
  let last: number | null = null
  const look = (list: readonly JobView[]) => {
    const fraction = fractionOf(list.find(({ state }) => state === 'running'))
    if (fraction !== last) tell({ kind: 'progress', fraction })
    last = fraction
    for (const job of list) {
      if (job.endedAt === null) open.add(job.id)
      else if (open.delete(job.id) && job.state !== 'cancelled') tell(endOf(job, job.endedAt))
    }
  }
  void (async () => {
    for await (const list of jobs.watch(undefined)) look(list)
  })()
}

function fractionOf(job: JobView | undefined): number | null {
  if (!job) return null
  const { done, total } = job.progress ?? { done: 0, total: null }
  return total ? Math.round((100 * done) / total) / 100 : 0
}

function endOf({ title, state, startedAt }: JobView, endedAt: string): FromCore {
  const seconds = (Date.parse(endedAt) - Date.parse(startedAt)) / 1000
  return { kind: 'ended', title, state: state === 'done' ? 'done' : 'failed', seconds }
}
