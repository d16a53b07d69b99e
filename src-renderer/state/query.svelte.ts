/** An answer of the core that a view shows: asked anew when what it depends on changes. */
import { failure, onConnection } from '../host/host.ts'

export class Query<T> {
  /** The last answer; it stays while a newer one is on its way. */
  value = $state.raw<T | undefined>()
  error = $state.raw<{ code: string; message: string } | undefined>()
  loading = $state(true)
  readonly #ask: (signal: AbortSignal) => Promise<T>
  #turn = 0
  #abort = new AbortController()

  /**
   * `ask` is called in an effect: the reactive state that it reads at once is what it depends on.
   * What has failed is asked again when the line to the core is back.
   */
  constructor(ask: (signal: AbortSignal) => Promise<T>) {
    this.#ask = ask
    $effect(() => {
      void this.refresh()
      const stop = onConnection((connected) => {
        if (connected && this.error) void this.refresh()
      })
      return () => {
        stop()
        this.#abort.abort()
      }
    })
  }

  /** Asks again; an older answer that arrives late is dropped. */
  async refresh(): Promise<void> {
    const turn = ++this.#turn
    this.#abort.abort()
    this.#abort = new AbortController()
    this.loading = true
    try {
      const value = await this.#ask(this.#abort.signal)
      if (turn !== this.#turn) return
      this.value = value
      this.error = undefined
    } catch (error) {
      if (turn !== this.#turn) return
      this.error = failure(error)
    }
    this.loading = false
  }
}
