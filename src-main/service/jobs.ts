/**
 * Jobs: long pieces of work that go on whatever the windows do. One runs at a time, since each uses
 * all cores; the others wait their turn.
 */
import { randomUUID } from 'node:crypto'
import { EventEmitter, on } from 'node:events'
import type { JobKind, JobResult, JobView, Live } from '../../src-preload/contract/jobs.ts'
import { ErratumError, toEnvelope } from '../errors.ts'
import type { DeviceChooser, Job } from '../pipeline/job.ts'
import { onDevice } from '../pipeline/job.ts'

/** With what jobs work, asked as each starts. */
export interface Equipment {
  threads(): number
  readonly devices: DeviceChooser
}

/** What a piece of work is given. */
export interface JobContext extends Job {
  readonly signal: AbortSignal
  /** Shows what has been found so far; the object is shown as it is then, so make it anew. */
  show(live: Live): void
}

/** A job that is wanted. */
export interface JobRequest {
  kind: JobKind
  /** null while it does not belong to a project yet. */
  project: { id: string; name: string } | null
  title: string
  example?: number
  /** Does it, or does the rest of it: what was finished by a cancelled try is not done again. */
  work(context: JobContext): Promise<JobResult>
}

interface Entry {
  view: JobView
  readonly request: JobRequest
  abort: AbortController
  /** Settles with the job; never rejects. */
  ended: Promise<void>
  end: () => void
}

/** Changes are told this often at most, but the end of a job at once. */
const tellEveryMs = 100
/** Ended jobs beyond this many are forgotten, the oldest first. */
const mostKept = 50

export class JobCenter {
  readonly #entries = new Map<string, Entry>()
  readonly #changes = new EventEmitter().setMaxListeners(0)
  readonly #equipment: Equipment
  #busy = false
  #timer: NodeJS.Timeout | undefined
  #closed = false

  constructor(equipment: Equipment) {
    this.#equipment = equipment
  }

  /** Puts a job into the queue; returns its id. */
  start(request: JobRequest): string {
    const id = randomUUID()
    const { kind, project, title, example } = request
    const view: JobView = {
      id,
      kind,
      project: project?.id ?? null,
      projectName: project?.name ?? '',
      title,
      example: example ?? null,
      state: 'waiting',
      progress: null,
      notes: [],
      live: null,
      result: null,
      error: null,
      startedAt: new Date().toISOString(),
      endedAt: null
    }
    this.#entries.set(id, { view, request, ...pending() })
    this.#forgetOldest()
    this.#tell()
    this.#next()
    return id
  }

  /** All jobs, the newest first. */
  list(): JobView[] {
    return Array.from(this.#entries.values(), ({ view }) => view).reverse()
  }

  /** The list, now and again whenever it changes. */
  async *watch(signal: AbortSignal | undefined): AsyncGenerator<JobView[]> {
    // Listening starts before the first list is given, so that no change falls between.
    const changes = on(this.#changes, 'change', signal ? { signal } : {})
    try {
      do yield this.list()
      while (!(await changes.next()).done)
    } catch (error) {
      if (!signal?.aborted) throw error
    } finally {
      await changes.return?.()
    }
  }

  cancel(id: string): void {
    const entry = this.#find(id)
    entry.abort.abort()
    if (entry.view.state === 'waiting') this.#end(entry, { state: 'cancelled' })
  }

  /** Puts a cancelled or failed job into the queue again. */
  resume(id: string): void {
    const entry = this.#find(id)
    if (entry.view.state !== 'cancelled' && entry.view.state !== 'failed') return
    Object.assign(entry, pending())
    this.#change(entry, {
      state: 'waiting',
      progress: null,
      notes: [],
      error: null,
      startedAt: new Date().toISOString(),
      endedAt: null
    })
    this.#next()
  }

  dismiss(id: string): void {
    if (this.#find(id).view.endedAt !== null) this.#entries.delete(id)
    this.#tell()
  }

  /** Waits for the end of a job; rejects with its error. */
  async result(id: string): Promise<JobResult> {
    const entry = this.#find(id)
    await entry.ended
    const { result, error } = entry.view
    if (result) return result
    throw new ErratumError(error?.code ?? 'cancelled', error?.message ?? 'Cancelled.')
  }

  /** A job of this kind and project that waits or runs. */
  running(kind: JobKind, project: string): string | undefined {
    return this.list().find(
      (job) => job.kind === kind && job.project === project && job.endedAt === null
    )?.id
  }

  /** Cancels all jobs and waits until none runs. */
  async close(): Promise<void> {
    this.#closed = true
    const open = Array.from(this.#entries.values()).filter(({ view }) => view.endedAt === null)
    for (const { view } of open) this.cancel(view.id)
    await Promise.all(open.map(({ ended }) => ended))
    clearTimeout(this.#timer)
  }

  #next(): void {
    if (this.#busy || this.#closed) return
    const entry = Array.from(this.#entries.values()).find(({ view }) => view.state === 'waiting')
    if (!entry) return
    this.#busy = true
    void this.#run(entry).finally(() => {
      this.#busy = false
      this.#next()
    })
  }

  async #run(entry: Entry): Promise<void> {
    const { signal } = entry.abort
    this.#change(entry, { state: 'running' })
    try {
      const job: JobContext = {
        signal,
        threads: this.#equipment.threads(),
        onProgress: (progress) => this.#change(entry, { progress }),
        onNote: (note) => this.#change(entry, { notes: [...new Set([...entry.view.notes, note])] }),
        show: (live) => this.#change(entry, { live })
      }
      const result = await entry.request.work(onDevice(job, this.#equipment.devices))
      this.#end(entry, { state: 'done', result })
    } catch (error) {
      const envelope = toEnvelope(error)
      this.#end(
        entry,
        envelope.code === 'cancelled'
          ? { state: 'cancelled' }
          : { state: 'failed', error: envelope }
      )
    }
  }

  #change(entry: Entry, change: Partial<JobView>): void {
    entry.view = { ...entry.view, ...change }
    this.#timer ??= setTimeout(() => this.#tell(), tellEveryMs)
  }

  #end(entry: Entry, change: Partial<JobView>): void {
    entry.view = { ...entry.view, ...change, endedAt: new Date().toISOString() }
    entry.end()
    this.#tell()
  }

  #tell(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#changes.emit('change')
  }

  #forgetOldest(): void {
    const ended = Array.from(this.#entries).filter(([, { view }]) => view.endedAt !== null)
    for (const [id] of ended.slice(0, Math.max(ended.length - mostKept, 0))) {
      this.#entries.delete(id)
    }
  }

  #find(id: string): Entry {
    const entry = this.#entries.get(id)
    if (entry) return entry
    throw new ErratumError('bad-argument', 'This job is no longer known: Erratum was started anew.')
  }
}

function pending(): Pick<Entry, 'abort' | 'ended' | 'end'> {
  let end!: () => void
  const ended = new Promise<void>((resolve) => (end = resolve))
  return { abort: new AbortController(), ended, end }
}
