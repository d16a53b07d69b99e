/** How long the steps of a training take. */
import type { Trainer, TrainingSet } from './trainer.ts'

/**
 * A training of two epochs. The first compiles and warms up; then it rests until it is to be timed, so
 * that several in workers of their own can begin together.
 */
export class TimedSteps {
  /** Settles after the first epoch. */
  readonly warmedUp: Promise<null>
  readonly #trained: Promise<unknown>
  #go!: () => void
  #steps = 0
  /** When the last step ended: what the end of an epoch takes is no step's. */
  #last = 0

  constructor(trainer: Trainer, data: TrainingSet, signal: AbortSignal) {
    const go = new Promise<void>((resolve) => (this.#go = resolve))
    let warm!: () => void
    const firstEpoch = new Promise<void>((resolve) => (warm = resolve))
    this.#trained = trainer.train(data, 0, {
      signal,
      async onEpoch({ epoch }) {
        if (epoch > 1) return
        warm()
        await go
      },
      onStep: () => {
        this.#steps++
        this.#last = performance.now()
      }
    })
    this.warmedUp = Promise.race([firstEpoch, this.#trained]).then(() => null)
  }

  /** Seconds of a step of the second epoch, on average. */
  async time(): Promise<number> {
    const began = performance.now()
    const before = this.#steps
    this.#go()
    await this.#trained
    return (this.#last - began) / 1000 / (this.#steps - before)
  }
}
