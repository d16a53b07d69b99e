/** What goes between a pool and its workers. */
import type { ErrorEnvelope } from '../errors.ts'

/** What a worker is started with. */
export interface WorkerStart<Data> {
  data: Data
  /** [1] over shared memory: not 0 once the worker should stop between two steps. */
  stop: Int32Array
}

export type FromWorker<Result> =
  | { kind: 'result'; result: Result }
  | { kind: 'error'; error: ErrorEnvelope }
  /** Something that went otherwise than wanted, in a sentence; the task goes on. */
  | { kind: 'note'; note: string }
  /** `fraction` of the running task, in [0, 1]; `detail` is what the task has found so far. */
  | { kind: 'progress'; fraction: number; message: string; detail?: unknown }
