/**
 * Steps of which a device keeps the numbers: parameters, what the optimizer keeps of them, and
 * gradients. The host sends batches and reads losses, those of several steps at once. Each run leaves
 * on the device what the next one reads there:
 *
 *   look up → train step → sum by word (→ add), for each part of a step, → update → update rows
 *
 * They are runs of their own because each is compiled for something else: the train step for batches
 * of one length, sums for a number of words, and the update, the largest after it, but once.
 */
import type { Tensors } from '../executors/executor.ts'
import { sizeOf } from '../graph/ir.ts'
import type { Model } from '../models/model.ts'
import { embeddingName, shapesOfParameters } from '../models/parameters.ts'
import type { DeviceGraphs } from './device-graphs.ts'
import { sumName } from './device-graphs.ts'
import { DeviceOutcomes } from './device-outcomes.ts'
import { packMasks } from './dropout.ts'
import { createOptimizer } from './optimizers.ts'
import type {
  OptimizerState,
  Step,
  StepOutcome,
  StepPart,
  Stepper,
  StepperOptions,
  StepperParts
} from './stepper.ts'
import { partsOf } from './stepper.ts'
import { StepWords } from './step-words.ts'
import { factorsOf, stateName } from './update-graph.ts'
import type { WordTable } from './word-tables.ts'
import { wordTable } from './word-tables.ts'

export class DeviceStepper implements Stepper {
  readonly parameters: Tensors
  readonly state: OptimizerState
  readonly canBeLost = true
  readonly #model: Model
  readonly #options: StepperOptions
  readonly #graphs: DeviceGraphs
  readonly #optimizer
  readonly #words: StepWords
  readonly #table: WordTable
  readonly #outcomes: DeviceOutcomes
  /** The arrays that hold what every step changes as a whole, whenever it settles. */
  readonly #changed: Tensors
  #begun: Promise<void> | undefined
  #hasSums: Promise<void> | undefined

  /** The runner's graphs are compiled by `trainSteps` of the same graphs. */
  constructor(graphs: DeviceGraphs, ...[model, parameters, options]: StepperParts) {
    this.parameters = parameters
    this.#model = model
    this.#options = options
    this.#graphs = graphs
    this.#optimizer = createOptimizer(options.optimizer)
    this.#words = new StepWords(model, graphs)
    const weights = parameters[embeddingName]!
    const table = graphs.hasWords ? this.#optimizer.table(weights, model.embeddingSize) : undefined
    const rule = this.#optimizer.rowRule
    this.#table = wordTable({ model, weights, table, rule, graphs, words: this.#words })
    this.#outcomes = new DeviceOutcomes(graphs.memory, graphs.sizes)
    const changed = Array.from(graphs.changed, ([name, shape]) => {
      return [name, parameters[name] ?? new Float32Array(sizeOf(shape))] as const
    })
    this.#changed = Object.fromEntries(changed)
    const ofTable = Object.entries(table?.state ?? {}).map(([array, values]) => {
      return [stateName(embeddingName, array), values] as const
    })
    this.state = new Map([...ofTable, ...changed.filter(([name]) => !parameters[name])])
  }

  async step({ learningRate, ...step }: Step): Promise<readonly StepOutcome[]> {
    await (this.#begun ??= this.#begin())
    this.#words.begin(step.texts)
    const parts = partsOf(step, this.#options.runner.rows)
    for (const [n, part] of parts.entries()) {
      await this.#runPart(part, step.step, n)
      if (parts.length > 1) await this.#addPart(n)
    }
    this.#optimizer.begin(learningRate)
    const update = await this.#graphs.update({ bySums: parts.length > 1 })
    await update.run({ factors: factorsOf(this.#optimizer.denseRule) })
    if (this.#graphs.hasWords) await this.#table.step()
    return this.#outcomes.took(parts.length)
  }

  rest(): Promise<readonly StepOutcome[]> {
    return this.#outcomes.rest()
  }

  replay(learningRate: number): void {
    this.#optimizer.begin(learningRate)
  }

  async settle(): Promise<void> {
    if (!this.#begun) return
    await this.#table.settle()
    const read = await this.#graphs.memory.read(Object.keys(this.#changed))
    for (const [name, array] of Object.entries(this.#changed)) array.set(read[name]!)
  }

  async #runPart({ texts, classes, rowWeight }: StepPart, step: number, part: number) {
    const { runner, dropout: share = 0, seed = 0 } = this.#options
    const batch = await runner.prepare(texts)
    packMasks(batch.masks, { share, seed, step, part })
    await this.#table.lookUp(batch)
    await runner.run(batch, { classes, feeds: { rowWeight } })
    if (this.#graphs.hasWords) await this.#words.take(batch, part === 0)
  }

  /** Adds the gradients of a part to those of the parts before it. */
  async #addPart(part: number): Promise<void> {
    await (this.#hasSums ??= this.#writeSums())
    const add = await this.#graphs.add()
    await add.run({ carry: Float32Array.of(part === 0 ? 0 : 1) })
  }

  /** Takes all parameters there, those that are not trained as well. */
  async #begin(): Promise<void> {
    const shapes = shapesOfParameters(this.#model)
    const all = Object.keys(shapes).map((name) => [name, this.parameters[name]!] as const)
    await this.#graphs.memory.write(
      { ...Object.fromEntries(all), ...this.#changed },
      { ...shapes, ...Object.fromEntries(this.#graphs.changed) }
    )
    await this.#table.begin()
    await this.#outcomes.begin()
  }

  #writeSums(): Promise<void> {
    const shapes = this.#graphs.trained.map(({ name, shape }) => [sumName(name), shape] as const)
    const zeros = shapes.map(([name, shape]) => [name, new Float32Array(sizeOf(shape))] as const)
    return this.#graphs.memory.write(Object.fromEntries(zeros), Object.fromEntries(shapes))
  }
}
