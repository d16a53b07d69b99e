/** One training under way: parameters, the optimizer's state, and the step that changes both. */
import type { Tensors } from '../executors/executor.ts'
import type { BatchRunner, LookUp } from '../models/batch-runner.ts'
import { gradientName } from '../models/graphs.ts'
import type { Model } from '../models/model.ts'
import { embeddingName } from '../models/parameters.ts'
import type { DenseState, OptimizerSettings } from './optimizers.ts'
import { createOptimizer } from './optimizers.ts'
import type { TableState } from './sparse-table.ts'

export interface Step {
  texts: readonly Int32Array[]
  classes: readonly number[]
  /** [batch size] factor of each row's loss; their sum is 1 for a mean. */
  rowWeight: Float32Array
  learningRate: number
}

export class Stepper {
  /** Trained in place. The embedding is up to date only after `settle`. */
  readonly parameters: Tensors
  readonly #runner: BatchRunner
  readonly #optimizer
  readonly #embedding: TableState
  readonly #dense: ReadonlyMap<string, DenseState>

  /** `runner` runs the train-step graph; it may serve one training after the other. */
  constructor(
    model: Model,
    parameters: Tensors,
    { optimizer, runner }: { optimizer: OptimizerSettings; runner: BatchRunner }
  ) {
    this.parameters = parameters
    this.#runner = runner
    this.#optimizer = createOptimizer(optimizer)
    this.#embedding = this.#optimizer.table(parameters[embeddingName]!, model.embeddingSize)
    this.#dense = new Map(
      model.parameters.map(({ name }) => [name, this.#optimizer.dense(parameters[name]!.length)])
    )
  }

  /** Takes one step; returns `losses` and `logits` by row as they were before it. */
  async step({ texts, classes, rowWeight, learningRate }: Step): Promise<Tensors> {
    const batch = await this.#runner.prepare(texts)
    const feeds = { ...this.parameters, rowWeight }
    const lookUp: LookUp = (words, into) => this.#embedding.read(words, into)
    const results = await this.#runner.run(batch, { lookUp, classes, feeds })
    this.#optimizer.begin(learningRate)
    for (const [name, state] of this.#dense) {
      state.step(this.parameters[name]!, results[gradientName(name)]!)
    }
    this.#embedding.step(batch.words, results['wordGradient']!)
    return results
  }

  /** Counts a step that was taken before the state was saved. */
  replay(learningRate: number): void {
    this.#optimizer.begin(learningRate)
  }

  /** What the optimizer keeps between steps, by `PARAMETER.NAME`; the arrays are its own. */
  get state(): ReadonlyMap<string, Float32Array | Int32Array> {
    const parts = [[embeddingName, this.#embedding] as const, ...this.#dense]
    return new Map(
      parts.flatMap(([parameter, { state }]) =>
        Object.entries(state).map(([name, array]) => [`${parameter}.${name}`, array] as const)
      )
    )
  }

  /** Brings the whole embedding up to the last step. */
  settle(): void {
    this.#embedding.catchUpAll()
  }
}
