/** The worker's side of a pool: `serveTasks` is all that a worker's file needs to call. */
import { toEnvelope } from '../errors.ts'
import type { FromWorker, ToWorker } from './messages.ts'
import { workerPort } from './worker-port.ts'

/** What a task can use besides its data. */
export interface TaskContext {
  /**
   * Aborted once the job is cancelled; pass it on as any other signal. Look at `aborted` between
   * steps (`throwIfCancelled`): in a thread it reads shared memory, so it changes even while the
   * thread never rests. Its `abort` event does not fire.
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
  const port = workerPort()
  const send = (message: FromWorker<Result>): void => port.post(message)
  let stop: Int32Array = new Int32Array(1)
  const signal = Object.defineProperty(new AbortController().signal, 'aborted', {
    get: () => Atomics.load(stop, 0) !== 0
  })
  const context: TaskContext = { signal, report: throttled(send) }
  let handler: Promise<TaskHandler<Task, Result>> | undefined

  const answer = async (task: Task): Promise<void> => {
    try {
      send({ kind: 'result', result: await (await handler!)(task, context) })
    } catch (error) {
      // A result that cannot be cloned as well.
      send({ kind: 'error', error: toEnvelope(error) })
    }
  }
  port.listen((received) => {
    const message = received as ToWorker<Data, Task>
    switch (message.kind) {
      case 'start':
        stop = message.stop ?? stop
        handler = Promise.resolve(message.data).then((data) =>
          prepare(data, (note) => send({ kind: 'note', note }))
        )
        // The first task tells of its error.
        return void handler.catch(() => undefined)
      case 'task':
        return void answer(message.task)
      case 'stop':
        Atomics.store(stop, 0, 1)
    }
  })
}

function throttled(send: (message: FromWorker<never>) => void): TaskContext['report'] {
  let last = -Infinity
  return (fraction, message, detail) => {
    const now = performance.now()
    if (now - last < reportEveryMs) return
    last = now
    send({ kind: 'progress', fraction, message, detail })
  }
}
