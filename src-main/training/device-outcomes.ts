/**
 * Losses and logits that stay on a device until those of several steps are read at once: to read is
 * to wait for the device, which has work queued up otherwise while the host prepares what comes next.
 */
import type { DeviceMemory } from '../executors/executor.ts'
import { concat, input, reshape, slice } from '../graph/build.ts'
import type { Graph, Shape } from '../graph/ir.ts'
import { sizeOf } from '../graph/ir.ts'
import { nextName } from './update-graph.ts'
import type { StepOutcome } from './stepper.ts'
import { joinedOutcome } from './stepper.ts'

/** Name of the tensor that holds them. */
export const outcomesName = 'outcomes'

/** Batches of which they are kept at most: so much work may be queued up when somebody cancels. */
const most = 8

/** Seconds after which they are read, about; whoever watches lags behind by up to twice as much. */
const patience = 0.125

/** [batches, rows, 1 + classes]: of each row its loss and its logits, the last batch's at the end. */
function outcomesShape({ rows, classes, parts }: OutcomeSizes): Shape {
  return [Math.max(most, parts), rows, 1 + classes]
}

export interface OutcomeSizes {
  /** Rows of a batch. */
  rows: number
  classes: number
  /** Batches that make up a step. */
  parts: number
}

/** A graph that adds its `losses` and `logits` to those before them instead of giving them out. */
export function keepingOutcomes({ name, outputs }: Graph, sizes: OutcomeSizes): Graph {
  const { losses, logits, ...others } = outputs
  const shape = outcomesShape(sizes)
  const [batches, rows] = [shape[0]!, shape[1]!]
  const batch = concat([reshape(losses!, [rows, 1]), logits!], 1)
  const before = slice(input(outcomesName, shape), 0, [1, batches])
  const after = concat([before, reshape(batch, [1, ...batch.shape])], 0)
  return { name, outputs: { ...others, [nextName(outcomesName)]: after } }
}

export class DeviceOutcomes {
  readonly #memory: DeviceMemory
  readonly #shape: Shape
  readonly #now: () => number
  /** Batches of each step that is not known yet. */
  #unknown: number[] = []
  /** Steps after which they are read. */
  #steps = 1
  #readAt = 0

  /** `now` is a clock in ms. */
  constructor(memory: DeviceMemory, sizes: OutcomeSizes, now = () => performance.now()) {
    this.#memory = memory
    this.#shape = outcomesShape(sizes)
    this.#now = now
  }

  /** Makes room for them on the device. */
  async begin(): Promise<void> {
    const shapes = { [outcomesName]: this.#shape }
    await this.#memory.write({ [outcomesName]: new Float32Array(sizeOf(this.#shape)) }, shapes)
    this.#readAt = this.#now()
  }

  /** Is told that a step of so many batches has been taken; reads when it is time to. */
  async took(batches: number): Promise<StepOutcome[]> {
    this.#unknown.push(batches)
    const isFull = this.#batches() + batches > this.#shape[0]!
    return isFull || this.#unknown.length >= this.#steps ? this.rest() : []
  }

  /** The outcomes of all steps that are not known yet. */
  async rest(): Promise<StepOutcome[]> {
    if (this.#unknown.length === 0) return []
    const { [outcomesName]: kept } = await this.#memory.read([outcomesName])
    const now = this.#now()
    const seconds = (now - this.#readAt) / 1000 / this.#unknown.length
    this.#steps = Math.max(Math.floor(patience / seconds), 1)
    this.#readAt = now
    let batch = this.#shape[0]! - this.#batches()
    const outcomes = this.#unknown.map((batches) => {
      const parts = Array.from({ length: batches }, () => this.#outcomeAt(kept!, batch++))
      return joinedOutcome(parts)
    })
    this.#unknown = []
    return outcomes
  }

  #batches(): number {
    return this.#unknown.reduce((sum, batches) => sum + batches, 0)
  }

  #outcomeAt(kept: Float32Array, batch: number): StepOutcome {
    const [rows, width] = [this.#shape[1]!, this.#shape[2]!]
    const [losses, logits] = [new Float32Array(rows), new Float32Array(rows * (width - 1))]
    for (let row = 0; row < rows; row++) {
      const from = (batch * rows + row) * width
      losses[row] = kept[from]!
      logits.set(kept.subarray(from + 1, from + width), row * (width - 1))
    }
    return { losses, logits }
  }
}
