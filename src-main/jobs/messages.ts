/** What goes between a pool and its workers. */
import type { ErrorEnvelope } from '../errors.ts'

export type ToWorker<Data, Task> =
  /** The first. `stop` is a thread's: [1] over shared memory, not 0 once it should stop. */
  | { kind: 'start'; data: Data; stop?: Int32Array }
  | { kind: 'task'; task: Task }
  /** A process should stop between two steps. */
  | { kind: 'stop' }

export type FromWorker<Result> =
  | { kind: 'result'; result: Result }
  | { kind: 'error'; error: ErrorEnvelope }
  /** Something that went otherwise than wanted, in a sentence; the task goes on. */
  | { kind: 'note'; note: string }
  /** `fraction` of the running task, in [0, 1]; `detail` is what the task has found so far. */
  | { kind: 'progress'; fraction: number; message: string; detail?: unknown }
