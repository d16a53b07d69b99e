/** A training as a window draws it while it runs. */
import type { Epoch } from './base-record.ts'
import type { StepResult } from './trainer.ts'

/** Points that the curve of a whole training has, about. */
const points = 200

export interface TrainingView {
  /** Means over stretches of steps, each at its last step. */
  curve: readonly { step: number; loss: number; accuracy: number }[]
  /** Steps in all. */
  steps: number
  epochs: readonly Epoch[]
}

/** Gathers what steps come to. */
export class LiveTraining {
  epochs: readonly Epoch[]
  #curve: TrainingView['curve'] = []
  #steps = 0
  #sum = { loss: 0, accuracy: 0, count: 0 }

  /** `epochs` are those that had ended before. */
  constructor(epochs: readonly Epoch[]) {
    this.epochs = epochs
    this.#curve = epochs.map(({ step, loss, accuracy }) => ({ step, loss, accuracy }))
  }

  get view(): TrainingView {
    return { curve: this.#curve, steps: this.#steps, epochs: this.epochs }
  }

  /** Adds a step of `steps`. */
  add(step: number, steps: number, { loss, accuracy }: StepResult): void {
    this.#steps = steps
    const sum = this.#sum
    this.#sum = {
      loss: sum.loss + loss,
      accuracy: sum.accuracy + accuracy,
      count: sum.count + 1
    }
    const { count } = this.#sum
    if (count < steps / points && step < steps) return
    const mean = { loss: this.#sum.loss / count, accuracy: this.#sum.accuracy / count }
    this.#curve = [...this.#curve, { step, ...mean }]
    this.#sum = { loss: 0, accuracy: 0, count: 0 }
  }
}
