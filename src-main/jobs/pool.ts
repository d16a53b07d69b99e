/**
 * Tasks spread over worker threads, or processes. Each worker does one task at a time and gets the next one when
 * its result has been taken care of, so a slow `onResult` holds the pool back instead of piling up
 * results. Cancelling asks the workers to stop between two steps and ends those that do not.
 */
import type { ResourceLimits } from 'node:worker_threads'
import { ErratumError, throwIfCancelled } from '../errors.ts'
import { progressMeter } from './progress.ts'
import type { Progress } from './progress.ts'
import { startTaskWorker } from './task-worker.ts'
import type { TaskWorker, WorkerPlace } from './task-worker.ts'

export interface PoolOptions<Data, Task, Result> {
  /** The worker's file, which calls `serveTasks`. */
  worker: URL
  /** Threads unless given. */
  place?: WorkerPlace
  /**
   * Given to every worker; threads share typed arrays over a SharedArrayBuffer, all else is copied.
   */
  data: Data
  tasks: Iterable<Task> | AsyncIterable<Task>
  /** Workers at the same time. */
  threads: number
  signal?: AbortSignal | undefined
  /** Called with each result as it comes, in no particular order; awaited. */
  onResult?: (result: Result, task: Task) => void | Promise<void>
  /** `done` and `total` count tasks, and a running task by its fraction. */
  onProgress?: (progress: Progress) => void
  /** What a running task has found so far, as it reports it. */
  onDetail?: (detail: unknown) => void
  /** Something that went otherwise than wanted, told by a worker before its result. */
  onNote?: (note: string) => void
  /** Tasks in all, where `tasks` is not an array. */
  total?: number
  /** How long a cancelled worker may take to finish its step; 3 seconds by default. */
  graceMs?: number
  resourceLimits?: ResourceLimits
}

/** What the lanes of one pool share. */
interface Run<Task> {
  tasks: Iterator<Task> | AsyncIterator<Task>
  /** Aborted, with the reason as an error, by the user or by the first lane that fails. */
  halt: AbortController
  /** Rejects once the run is halted. */
  halted: Promise<never>
  /** The flag that the workers look at. */
  stop: Int32Array
  workers: Set<Pick<TaskWorker<Task, unknown>, 'stop' | 'terminate'>>
  progress: PoolProgress
}

/**
 * Does all tasks, or throws the first error after every worker has ended: that of a task, of
 * `onResult`, of a worker that died, or `cancelled`. A task that ends within the grace time after
 * that still has its result handed over.
 */
export async function runPool<Data, Task, Result>(
  options: PoolOptions<Data, Task, Result>
): Promise<void> {
  const { signal, tasks, threads } = options
  throwIfCancelled(signal)
  const run = startRun(options)
  const cancel = (): void => run.halt.abort(new ErratumError('cancelled', 'Cancelled.'))
  signal?.addEventListener('abort', cancel)
  const grace = stopOnHalt(run, options.graceMs ?? 3000)
  try {
    const count = Array.isArray(tasks) ? Math.min(threads, tasks.length) : threads
    await Promise.all(Array.from({ length: count }, (_, lane) => runLane(options, run, lane)))
  } finally {
    signal?.removeEventListener('abort', cancel)
    grace.clear()
  }
  if (run.halt.signal.aborted) throw run.halt.signal.reason
}

function startRun<Data, Task, Result>(options: PoolOptions<Data, Task, Result>): Run<Task> {
  const { tasks } = options
  const halt = new AbortController()
  const halted = new Promise<never>((_, reject) => {
    halt.signal.addEventListener('abort', () => reject(halt.signal.reason))
  })
  // Nobody may be waiting when it rejects.
  halted.catch(() => undefined)
  return {
    tasks: Symbol.asyncIterator in tasks ? tasks[Symbol.asyncIterator]() : tasks[Symbol.iterator](),
    halt,
    halted,
    stop: new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)),
    workers: new Set(),
    progress: poolProgress(options)
  }
}

function stopOnHalt<Task>(run: Run<Task>, graceMs: number): { clear(): void } {
  let timer: NodeJS.Timeout | undefined
  run.halt.signal.addEventListener('abort', () => {
    Atomics.store(run.stop, 0, 1)
    for (const worker of run.workers) worker.stop()
    // Not awaited: a source of tasks that hangs must not hold up the end.
    void Promise.resolve(run.tasks.return?.()).catch(() => undefined)
    timer = setTimeout(() => {
      for (const worker of run.workers) void worker.terminate()
    }, graceMs)
  })
  return { clear: () => clearTimeout(timer) }
}

/** Feeds one worker until there are no more tasks or the run is halted. Never rejects. */
async function runLane<Data, Task, Result>(
  options: PoolOptions<Data, Task, Result>,
  run: Run<Task>,
  lane: number
): Promise<void> {
  let worker: TaskWorker<Task, Result> | undefined
  try {
    for (;;) {
      const next = await Promise.race([run.tasks.next(), run.halted])
      if (next.done) return
      if (!worker) {
        worker = startLaneWorker(options, run, lane)
        run.workers.add(worker)
        if (run.halt.signal.aborted) worker.stop()
      }
      const result = await worker.run(next.value)
      await options.onResult?.(result, next.value)
      run.progress.finished(lane)
    }
  } catch (error) {
    run.halt.abort(error)
  } finally {
    await worker?.terminate()
  }
}

function startLaneWorker<Data, Task, Result>(
  options: PoolOptions<Data, Task, Result>,
  run: Run<Task>,
  lane: number
): TaskWorker<Task, Result> {
  return startTaskWorker<Data, Task, Result>({
    url: options.worker,
    place: options.place ?? 'thread',
    data: options.data,
    stop: run.stop,
    resourceLimits: options.resourceLimits,
    onNote: options.onNote,
    onProgress(fraction, message, detail) {
      if (detail !== undefined) options.onDetail?.(detail)
      run.progress.running(lane, fraction, message)
    }
  })
}

interface PoolProgress {
  running(lane: number, fraction: number, message: string): void
  finished(lane: number): void
}

function poolProgress<Data, Task, Result>(options: PoolOptions<Data, Task, Result>): PoolProgress {
  const { tasks, onProgress } = options
  const meter = progressMeter({
    total: Array.isArray(tasks) ? tasks.length : (options.total ?? null)
  })
  const fractions = new Map<number, number>()
  let finished = 0
  let lastMessage = ''
  const tell = (): void => {
    const running = [...fractions.values()].reduce((sum, fraction) => sum + fraction, 0)
    onProgress?.(meter(finished + running, lastMessage))
  }
  return {
    running(lane, fraction, message) {
      fractions.set(lane, fraction)
      lastMessage = message
      tell()
    },
    finished(lane) {
      fractions.delete(lane)
      finished++
      tell()
    }
  }
}
