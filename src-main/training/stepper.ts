/** One training under way: parameters, the optimizer's state, and the step that changes both. */
import type { Tensors } from '../executors/executor.ts'
import type { Batch, BatchRunner, BatchText, LookUp } from '../models/batch-runner.ts'
import { lookUpIn } from '../models/batch-runner.ts'
import { gradientName, trainedParameters } from '../models/graphs.ts'
import type { Model } from '../models/model.ts'
import { embeddingName } from '../models/parameters.ts'
import type { DenseParameters } from './dense-parameters.ts'
import { HostParameters } from './dense-parameters.ts'
import type { DeviceUpdates } from './device-parameters.ts'
import { DeviceParameters } from './device-parameters.ts'
import { fillMasks } from './dropout.ts'
import type { OptimizerSettings } from './optimizers.ts'
import { createOptimizer } from './optimizers.ts'
import type { TableState } from './sparse-table.ts'
import type { StepGradients } from './step-gradients.ts'
import { GradientSum, WordSum, joined } from './step-gradients.ts'
import { stateName } from './update-graph.ts'

export interface Step {
  texts: readonly BatchText[]
  classes: readonly number[]
  /** [batch size] factor of each row's loss; their sum is 1 for a mean. */
  rowWeight: Float32Array
  learningRate: number
  /** Its number, which dropout draws by. */
  step: number
}

export interface StepperOptions {
  optimizer: OptimizerSettings
  /**
   * Runs the train-step graph; it may serve one training after the other. A step of more rows than
   * its batches have is worked out in parts.
   */
  runner: BatchRunner
  /** Share of the numbers that dropout leaves out, where the graph has dropout. */
  dropout?: number
  /** What dropout draws from. */
  seed?: number
  /** Layers that stay as they are; the graph's too. */
  frozenLayers?: number
  /** Largest norm of all gradients of a step together; larger ones are scaled down. */
  clipNorm?: number | null
  /** Keeps the parameters on a device; the runner's graphs read them there (`trainStepExecutor`). */
  device?: DeviceUpdates | undefined
}

/** Losses [rows] and logits [rows, classes] as they were before the step. */
export interface StepOutcome {
  losses: Float32Array
  logits: Float32Array
}

export class Stepper {
  /** Trained in place, but up to date only after `settle`. */
  readonly parameters: Tensors
  readonly #options: StepperOptions
  readonly #model: Model
  readonly #optimizer
  /** None where it is frozen. */
  readonly #embedding: TableState | undefined
  readonly #dense: DenseParameters
  /** Names of the parameters whose gradients come to the host. */
  readonly #fetched: readonly string[]
  readonly #lookUp: LookUp
  readonly #sum: GradientSum
  readonly #wordSum: WordSum

  constructor(model: Model, parameters: Tensors, options: StepperOptions) {
    const { optimizer, frozenLayers = 0 } = options
    this.parameters = parameters
    this.#options = options
    this.#model = model
    this.#optimizer = createOptimizer(optimizer)
    const table = parameters[embeddingName]!
    const embedding =
      frozenLayers > 0 ? undefined : this.#optimizer.table(table, model.embeddingSize)
    this.#embedding = embedding
    this.#lookUp = embedding
      ? (words, into) => embedding.read(words, into)
      : lookUpIn(table, model.embeddingSize)
    const { clipNorm = null, device } = options
    const trained = trainedParameters(model, frozenLayers)
    const width = model.embeddingSize
    const dense = { trained, parameters, optimizer: this.#optimizer, width, clipNorm }
    this.#dense = device ? new DeviceParameters(model, dense, device) : new HostParameters(dense)
    this.#fetched = device ? [] : trained.map(({ name }) => name)
    this.#sum = new GradientSum(model.embeddingSize)
    this.#wordSum = new WordSum(model.embeddingSize)
  }

  /** Takes one step; the outcome may be overwritten by the next. */
  async step({ learningRate, ...step }: Step): Promise<StepOutcome> {
    await this.#dense.begin()
    const { outcome, gradients } = await this.#outcomeOf(step)
    this.#optimizer.begin(learningRate)
    await this.#dense.step(gradients)
    this.#embedding?.step(gradients.words, gradients.wordGradients)
    return outcome
  }

  /** Counts a step that was taken before the state was saved. */
  replay(learningRate: number): void {
    this.#optimizer.begin(learningRate)
  }

  /**
   * What the optimizer keeps between steps, by `PARAMETER.NAME`; the arrays are its own. They may be
   * filled before the first step, and are up to date only after `settle`.
   */
  get state(): ReadonlyMap<string, Float32Array | Int32Array> {
    const table = Object.entries(this.#embedding?.state ?? {}).map(
      ([name, array]) => [stateName(embeddingName, name), array] as const
    )
    return new Map<string, Float32Array | Int32Array>([...table, ...this.#dense.state])
  }

  /** Brings parameters and state up to the last step. */
  async settle(): Promise<void> {
    await this.#dense.settle()
    this.#embedding?.catchUpAll()
  }

  async #outcomeOf(step: StepData): Promise<Part> {
    const size = this.#options.runner.rows
    // The last batch of an epoch may fit into one part, whatever the others take.
    const parts = Math.max(Math.ceil(step.texts.length / size), 1)
    if (parts === 1) {
      const whole = await this.#runPart(partOf(step, 0, size), 0)
      await this.#dense.take(0, parts)
      return whole
    }
    const outcomes: StepOutcome[] = []
    this.#sum.clear()
    for (let part = 0; part < parts; part++) {
      const { outcome, gradients } = await this.#runPart(partOf(step, part, size), part)
      await this.#dense.take(part, parts)
      // They are overwritten by the next part of the same shape.
      this.#sum.add(gradients)
      outcomes.push({ losses: outcome.losses.slice(), logits: outcome.logits.slice() })
    }
    const outcome = {
      losses: joined(outcomes.map(({ losses }) => losses)),
      logits: joined(outcomes.map(({ logits }) => logits))
    }
    return { outcome, gradients: this.#sum }
  }

  async #runPart({ texts, classes, rowWeight, step }: StepData, part: number): Promise<Part> {
    const { runner, dropout: share = 0, seed = 0 } = this.#options
    const batch = await runner.prepare(texts)
    fillMasks(batch.masks, { share, seed, step, part })
    const feeds = { ...this.#dense.feeds, rowWeight }
    const results = await runner.run(batch, { lookUp: this.#lookUp, classes, feeds })
    const dense = this.#fetched.map((name) => [name, results[gradientName(name)]!] as const)
    return {
      outcome: { losses: results['losses']!, logits: results['logits']! },
      gradients: {
        dense: new Map(dense),
        words: this.#embedding ? batch.words : new Int32Array(0),
        wordGradients: this.#wordGradients(batch, results)
      }
    }
  }

  #wordGradients({ slots, words }: Batch, results: Tensors): Float32Array {
    const { wordGradient, positionGradient } = results
    if (positionGradient) return this.#wordSum.of(positionGradient, slots, words.length)
    return wordGradient ?? new Float32Array(0)
  }
}

type StepData = Omit<Step, 'learningRate'>

interface Part {
  outcome: StepOutcome
  gradients: StepGradients
}

/** The rows of one part of a step; the weights are as many as a batch has rows. */
function partOf({ texts, classes, rowWeight, step }: StepData, part: number, size: number) {
  const [start, end] = [part * size, (part + 1) * size]
  const weights = new Float32Array(size)
  weights.set(rowWeight.subarray(start, end))
  return {
    texts: texts.slice(start, end),
    classes: classes.slice(start, end),
    rowWeight: weights,
    step
  }
}
