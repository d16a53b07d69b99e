/** All jobs of the core, as they change. */
import type { JobView } from '../../src-preload/contract/jobs.ts'
import { core, failure, onConnection } from '../host/host.ts'
import { notices } from './notices.svelte.ts'

class Jobs {
  /** The newest first. */
  list = $state.raw<readonly JobView[]>([])
  /** Whether the list has come at all. */
  settled = $state(false)
  connected = $state(true)
  readonly running = $derived(this.list.find(({ state }) => state === 'running'))
  readonly waiting = $derived(this.list.filter(({ state }) => state === 'waiting'))
  readonly #onEnd = new Set<(job: JobView) => void>()

  constructor() {
    onConnection((connected) => (this.connected = connected))
    core.jobs.watch.subscribe(undefined, {
      onData: (list) => this.#take(list),
      onError: (error) => notices.fail(failure(error))
    })
  }

  find(id: string): JobView | undefined {
    return this.list.find((job) => job.id === id)
  }

  /** Calls a function for each job that ends from now on. */
  onEnd(listener: (job: JobView) => void): () => void {
    this.#onEnd.add(listener)
    return () => this.#onEnd.delete(listener)
  }

  async cancel(id: string): Promise<void> {
    await core.jobs.cancel.mutate({ job: id }).catch((error) => notices.fail(failure(error)))
  }

  async resume(id: string): Promise<void> {
    await core.jobs.resume.mutate({ job: id }).catch((error) => notices.fail(failure(error)))
  }

  async dismiss(id: string): Promise<void> {
    await core.jobs.dismiss.mutate({ job: id }).catch((error) => notices.fail(failure(error)))
  }

  #take(list: readonly JobView[]): void {
    const before = new Map(this.list.map((job) => [job.id, job]))
    this.list = list
    this.settled = true
    for (const job of list) {
      const earlier = before.get(job.id)
      job.notes.slice(earlier?.notes.length ?? job.notes.length).forEach((note) => {
        notices.note(`${job.title}. ${note}`)
      })
      if (earlier && earlier.endedAt === null && job.endedAt !== null) {
        this.#onEnd.forEach((listener) => listener(job))
      }
    }
  }
}

export const jobs = new Jobs()
