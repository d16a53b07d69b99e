/** How long the steps of a training take. */
import type { Trainer, TrainingSet } from './trainer.ts'

/**
 * A training on one batch, an epoch a step. The first step compiles; then it rests until it is to be
 * timed, so that several in workers of their own can begin together.
 */
export class TimedSteps {
  /** Settles after the first step. */
  readonly warmedUp: Promise<null>
  readonly #trained: Promise<unknown>
  #go!: () => void
  #steps = 0

  constructor(trainer: Trainer, batch: TrainingSet, signal: AbortSignal) {
    const go = new Promise<void>((resolve) => (this.#go = resolve))
    let warm!: () => void
    const firstStep = new Promise<void>((resolve) => (warm = resolve))
    this.#trained = trainer.train(batch, 0, {
      signal,
      async onEpoch({ epoch }) {
        if (epoch > 1) return
        warm()
        await go
      },
      onStep: () => void this.#steps++
    })
    this.warmedUp = Promise.race([firstStep, this.#trained]).then(() => null)
  }

  /** Seconds of a step on average, of all after the first. */
  async time(): Promise<number> {
    const began = performance.now()
    this.#go()
    await this.#trained
    return (performance.now() - began) / 1000 / (this.#steps - 1)
  }
}
