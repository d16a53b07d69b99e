/** One worker that does one task at a time. */
import type { ResourceLimits } from 'node:worker_threads'
import type { ErratumError } from '../errors.ts'
import { fromEnvelope } from '../errors.ts'
import type { Line, LineEvents } from './line.ts'
import type { FromWorker, ToWorker } from './messages.ts'
import { startProcess } from './process.ts'
import { startThread } from './thread.ts'

/** What a worker runs in. */
export type WorkerPlace = 'thread' | 'process'

export interface TaskWorkerOptions<Data> {
  /** The worker's file: JavaScript, or TypeScript in a checkout. */
  url: URL
  place: WorkerPlace
  data: Data
  /** [1] over shared memory, which threads look at. */
  stop: Int32Array
  /** Of a thread. */
  resourceLimits?: ResourceLimits | undefined
  onProgress(fraction: number, message: string, detail: unknown): void
  onNote?: ((note: string) => void) | undefined
}

export interface TaskWorker<Task, Result> {
  /** Does a task; rejects with its error, or `worker-ended` with what has ended the worker. */
  run(task: Task): Promise<Result>
  /** Tells a process to stop between two steps; a thread sees it. */
  stop(): void
  /** Ends the worker, in the middle of a step if need be. */
  terminate(): Promise<void>
}

interface Pending<Result> {
  resolve(result: Result): void
  reject(error: ErratumError): void
}

/** Starts a worker. */
export function startTaskWorker<Data, Task, Result>(
  options: TaskWorkerOptions<Data>
): TaskWorker<Task, Result> {
  const { url, place, data, stop } = options
  let pending: Pending<Result> | undefined
  let ended: ErratumError | undefined

  const receive = (message: FromWorker<Result>): void => {
    if (message.kind === 'progress') {
      return options.onProgress(message.fraction, message.message, message.detail)
    }
    if (message.kind === 'note') return options.onNote?.(message.note)
    const task = pending
    pending = undefined
    if (message.kind === 'result') task?.resolve(message.result)
    else task?.reject(fromEnvelope(message.error))
  }
  const events: LineEvents = {
    message: (message) => receive(message as FromWorker<Result>),
    ended(error) {
      ended ??= error
      pending?.reject(ended)
      pending = undefined
    }
  }
  const isThread = place === 'thread'
  const line: Line = isThread
    ? startThread(url, events, options.resourceLimits)
    : startProcess(url, events)
  const tell = (message: ToWorker<Data, Task>) => line.post(message)
  tell({ kind: 'start', data, ...(isThread && { stop }) })

  return {
    run: (task) =>
      new Promise((resolve, reject) => {
        if (ended) return reject(ended)
        pending = { resolve, reject }
        tell({ kind: 'task', task })
      }),
    stop() {
      if (!isThread) tell({ kind: 'stop' })
    },
    terminate: () => line.end()
  }
}
