/** The worker's side of a pool: `serveTasks` is all that a worker's file needs to call. */
import { parentPort, workerData } from 'node:worker_threads'
import { toEnvelope } from '../errors.ts'
import type { FromWorker, WorkerStart } from './messages.ts'

/** What a task can use besides its data. */
export interface TaskContext {
  /**
   * Aborted once the job is cancelled; pass it on as any other signal. Look at `aborted` between
   * steps (`throwIfCancelled`): it reads shared memory, so it changes even while the thread never
   * rests. Its `abort` event does not fire.
   */
  signal: AbortSignal
  /**
   * Tells how far the running task is, in [0, 1], and what it has found so far; cheap enough to be
   * called at every step.
   */
  report(fraction: number, message: string, detail?: unknown): void
}

export type TaskHandler<Task, Result> = (
  task: Task,
  context: TaskContext
) => Result | Promise<Result>

const reportEveryMs = 100

/**
 * Answers the pool's tasks, one at a time. `prepare` gets the pool's data once and returns what
 * handles a task; what either throws is the pool's error. `note` tells the pool in a sentence what
 * went otherwise than wanted, at any time.
 */
export function serveTasks<Data, Task, Result>(
  prepare: (
    data: Data,
    note: (note: string) => void
  ) => TaskHandler<Task, Result> | Promise<TaskHandler<Task, Result>>
): void {
  const { data, stop } = workerData as WorkerStart<Data>
  const context: TaskContext = { signal: sharedSignal(stop), report: throttledReport() }
  let handler: Promise<TaskHandler<Task, Result>> | undefined

  async function answer(task: Task): Promise<FromWorker<Result>> {
    handler ??= Promise.resolve(data).then((given) =>
      prepare(given, (note) => send({ kind: 'note', note }))
    )
    return { kind: 'result', result: await (await handler)(task, context) }
  }
  parentPort!.on('message', (task: Task) => {
    // Catches a result that cannot be cloned as well.
    void answer(task)
      .then(send)
      .catch((error: unknown) => send({ kind: 'error', error: toEnvelope(error) }))
  })
}

function send(message: FromWorker<unknown>): void {
  parentPort!.postMessage(message)
}

function sharedSignal(stop: Int32Array): AbortSignal {
  return Object.defineProperty(new AbortController().signal, 'aborted', {
    get: () => Atomics.load(stop, 0) !== 0
  })
}

function throttledReport(): TaskContext['report'] {
  let last = -Infinity
  return (fraction, message, detail) => {
    const now = performance.now()
    if (now - last < reportEveryMs) return
    last = now
    send({ kind: 'progress', fraction, message, detail })
  }
}
