/** An export that a view offers: the newest job of it, and another that is started anew. */
import type { JobView } from '../../src-preload/contract/jobs.ts'
import { failure } from '../host/host.ts'
import { jobs } from './jobs.svelte.ts'
import { notices } from './notices.svelte.ts'

export class ExportJob {
  readonly #kind: 'export' | 'export-model'
  readonly #project: () => string
  #asking = $state(false)
  /** The list as it was when the last was started: the next one has that job. */
  #before = $state.raw<readonly JobView[]>()
  readonly job = $derived.by(() =>
    jobs.list.find(({ kind, project }) => kind === this.#kind && project === this.#project())
  )
  /** Whether one is wanted, waits or runs: there is no starting another then. */
  readonly busy = $derived.by(
    () => this.#asking || this.#before === jobs.list || this.job?.endedAt === null
  )

  constructor(kind: 'export' | 'export-model', project: () => string) {
    this.#kind = kind
    this.#project = project
  }

  /** Starts one by asking the core, unless it is busy; says why where that is refused. */
  async start(ask: () => Promise<{ job: string }>): Promise<void> {
    if (this.busy) return
    this.#asking = true
    try {
      const { job } = await ask()
      if (!jobs.find(job)) this.#before = jobs.list
    } catch (error) {
      notices.fail(failure(error))
    }
    this.#asking = false
  }
}
