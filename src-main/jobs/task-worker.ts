/** One worker thread that does one task at a time. */
import { Worker } from 'node:worker_threads'
import type { ResourceLimits } from 'node:worker_threads'
import { ErratumError, fromEnvelope, toEnvelope } from '../errors.ts'
import type { FromWorker, WorkerStart } from './messages.ts'
import { threadArguments } from './thread-arguments.ts'

export interface TaskWorkerOptions<Data> {
  /** The worker's file: JavaScript, or TypeScript in a checkout. */
  url: URL
  start: WorkerStart<Data>
  resourceLimits?: ResourceLimits
  onProgress(fraction: number, message: string, detail: unknown): void
  onNote?(note: string): void
}

export interface TaskWorker<Task, Result> {
  /** Does a task; rejects with its error, or with what ended the thread. */
  run(task: Task): Promise<Result>
  /** Ends the thread, in the middle of a step if need be. */
  terminate(): Promise<void>
}

interface Pending<Result> {
  resolve(result: Result): void
  reject(error: ErratumError): void
}

/** Starts a worker thread. */
export function startTaskWorker<Data, Task, Result>(
  options: TaskWorkerOptions<Data>
): TaskWorker<Task, Result> {
  const { url, start, resourceLimits } = options
  const worker = new Worker(url, {
    workerData: start,
    // What the main thread was started with (a test runner, a debugger) is not for workers.
    execArgv: threadArguments(url),
    ...(resourceLimits && { resourceLimits })
  })
  let pending: Pending<Result> | undefined
  let ended: ErratumError | undefined

  worker.on('message', (message: FromWorker<Result>) => {
    if (message.kind === 'progress') {
      return options.onProgress(message.fraction, message.message, message.detail)
    }
    if (message.kind === 'note') return options.onNote?.(message.note)
    const task = pending
    pending = undefined
    if (message.kind === 'result') task?.resolve(message.result)
    else task?.reject(fromEnvelope(message.error))
  })
  const end = (error: ErratumError): void => {
    ended ??= error
    pending?.reject(ended)
    pending = undefined
  }
  worker.on('error', (error) => end(explainDeath(error)))
  worker.on('exit', (code) => end(explainExit(code)))

  return {
    run: (task) =>
      new Promise((resolve, reject) => {
        if (ended) return reject(ended)
        pending = { resolve, reject }
        worker.postMessage(task)
      }),
    async terminate() {
      await worker.terminate()
    }
  }
}

function explainDeath(error: Error): ErratumError {
  if ((error as NodeJS.ErrnoException).code !== 'ERR_WORKER_OUT_OF_MEMORY') {
    return fromEnvelope(toEnvelope(error))
  }
  return new ErratumError(
    'internal',
    'A worker thread ran out of memory. Use fewer threads or a smaller batch, or close other programs.',
    { cause: error }
  )
}

function explainExit(code: number): ErratumError {
  return new ErratumError(
    'internal',
    `A worker thread ended in the middle of its task (exit code ${code}). Run this again; ` +
      'if it happens again, use fewer threads and report it with the log.'
  )
}
