/** Work that several ask for and that is done once; it stops when nobody waits for it any more. */
import { unlessCancelled } from '../jobs/unless-cancelled.ts'

export class SharedWork<T> {
  readonly #stop = new AbortController()
  readonly #result: Promise<T>
  #waiting = 0

  /** Begins the work. */
  constructor(work: (signal: AbortSignal) => Promise<T>) {
    this.#result = work(this.#stop.signal)
    // Nobody may be waiting when it rejects.
    this.#result.catch(() => undefined)
  }

  /** Whether somebody waits for it. */
  get isWanted(): boolean {
    return this.#waiting > 0 && !this.#stop.signal.aborted
  }

  /** Its result; throws `cancelled` as soon as the signal is aborted. */
  async result(signal?: AbortSignal): Promise<T> {
    this.#waiting++
    try {
      return await unlessCancelled(this.#result, signal)
    } finally {
      if (--this.#waiting === 0) this.#stop.abort()
    }
  }

  /** Stops it and waits for its end. */
  async stop(): Promise<void> {
    this.#stop.abort()
    await this.#result.catch(() => undefined)
  }
}
