/**
 * One thread of a process computes on GPUs at a time. onnxruntime has one WebGPU device for the whole
 * process and does not guard it: two threads on it end the process. So jobs, measurements and the
 * search for devices take turns, in the order in which they ask.
 */
import { unlessCancelled } from '../jobs/unless-cancelled.ts'

export class GpuTurns {
  #last: Promise<unknown> = Promise.resolve()
  #taken = 0
  #jobs = 0

  /** Whether somebody has the turn or waits for it. */
  get isTaken(): boolean {
    return this.#taken > 0
  }

  /** Whether a job does, which may last hours. */
  get isForJob(): boolean {
    return this.#jobs > 0
  }

  /** Works once all who asked before are done; throws `cancelled` where the wait is. */
  async take<T>(
    { isJob, signal }: { isJob: boolean; signal: AbortSignal | undefined },
    work: () => Promise<T>
  ): Promise<T> {
    const before = this.#last
    let end!: () => void
    const ended = new Promise<void>((resolve) => (end = resolve))
    this.#last = before.then(() => ended)
    this.#taken++
    if (isJob) this.#jobs++
    try {
      await unlessCancelled(before, signal)
      return await work()
    } finally {
      if (isJob) this.#jobs--
      this.#taken--
      end()
    }
  }
}

/** Those of this process, whose threads are all started from one. */
export const gpuTurns = new GpuTurns()
