/** One training under way: parameters, the optimizer's state, and the step that changes both. */
import type { Tensors } from '../executors/executor.ts'
import type { Batch, BatchRunner, BatchText, LookUp } from '../models/batch-runner.ts'
import { lookUpIn } from '../models/batch-runner.ts'
import { gradientName, trainedParameters } from '../models/graphs.ts'
import type { Model } from '../models/model.ts'
import { embeddingName } from '../models/parameters.ts'
import { fillMasks } from './dropout.ts'
import type { DenseState } from './dense-states.ts'
import type { OptimizerSettings } from './optimizers.ts'
import { createOptimizer } from './optimizers.ts'
import type { TableState } from './sparse-table.ts'
import type { StepGradients } from './step-gradients.ts'
import { GradientSum, WordSum, clip, joined } from './step-gradients.ts'

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
}

/** Losses [rows] and logits [rows, classes] as they were before the step. */
export interface StepOutcome {
  losses: Float32Array
  logits: Float32Array
}

export class Stepper {
  /** Trained in place. The embedding is up to date only after `settle`. */
  readonly parameters: Tensors
  readonly #options: StepperOptions
  readonly #model: Model
  readonly #optimizer
  /** None where it is frozen. */
  readonly #embedding: TableState | undefined
  readonly #dense: ReadonlyMap<string, DenseState>
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
    const trained = trainedParameters(model, frozenLayers)
    const states = this.#optimizer.dense(
      trained.map(({ name, decays = true }) => ({ size: parameters[name]!.length, decays }))
    )
    this.#dense = new Map(trained.map(({ name }, i) => [name, states[i]!]))
    this.#sum = new GradientSum(model.embeddingSize)
    this.#wordSum = new WordSum(model.embeddingSize)
  }

  /** Takes one step; the outcome may be overwritten by the next. */
  async step({ learningRate, ...step }: Step): Promise<StepOutcome> {
    const { outcome, gradients } = await this.#outcomeOf(step)
    const { clipNorm } = this.#options
    if (clipNorm) clip(gradients, this.#model.embeddingSize, clipNorm)
    this.#optimizer.begin(learningRate)
    for (const [name, state] of this.#dense) {
      state.step(this.parameters[name]!, gradients.dense.get(name)!)
    }
    this.#embedding?.step(gradients.words, gradients.wordGradients)
    return outcome
  }

  /** Counts a step that was taken before the state was saved. */
  replay(learningRate: number): void {
    this.#optimizer.begin(learningRate)
  }

  /** What the optimizer keeps between steps, by `PARAMETER.NAME`; the arrays are its own. */
  get state(): ReadonlyMap<string, Float32Array | Int32Array> {
    const table = this.#embedding ? [[embeddingName, this.#embedding] as const] : []
    return new Map(
      [...table, ...this.#dense].flatMap(([parameter, { state }]) =>
        Object.entries(state).map(([name, array]) => [`${parameter}.${name}`, array] as const)
      )
    )
  }

  /** Brings the whole embedding up to the last step. */
  settle(): void {
    this.#embedding?.catchUpAll()
  }

  async #outcomeOf(step: StepData): Promise<Part> {
    const size = this.#options.runner.rows
    // The last batch of an epoch may fit into one part, whatever the others take.
    if (step.texts.length <= size) return this.#runPart(partOf(step, 0, size), 0)
    const outcomes: StepOutcome[] = []
    this.#sum.clear()
    for (let part = 0; part * size < step.texts.length; part++) {
      const { outcome, gradients } = await this.#runPart(partOf(step, part, size), part)
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
    const feeds = { ...this.parameters, rowWeight }
    const results = await runner.run(batch, { lookUp: this.#lookUp, classes, feeds })
    const dense = Array.from(this.#dense.keys(), (name) => {
      return [name, results[gradientName(name)]!] as const
    })
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
