/** Steps of which the host keeps everything; an executor is given the parameters at each. */
import type { Tensors } from '../executors/executor.ts'
import type { Batch, LookUp } from '../models/batch-runner.ts'
import { lookUpIn } from '../models/batch-runner.ts'
import { gradientName, trainedParameters } from '../models/graphs.ts'
import { embeddingName } from '../models/parameters.ts'
import { fillMasks } from './dropout.ts'
import { createOptimizer } from './optimizers.ts'
import type { TableState } from './sparse-table.ts'
import type { StepGradients } from './step-gradients.ts'
import { GradientSum, WordSum, clip } from './step-gradients.ts'
import type {
  OptimizerState,
  Step,
  StepOutcome,
  StepPart,
  Stepper,
  StepperOptions,
  StepperParts
} from './stepper.ts'
import { joinedOutcome, partsOf } from './stepper.ts'
import { stateName } from './update-graph.ts'

export class HostStepper implements Stepper {
  readonly parameters: Tensors
  readonly state: OptimizerState
  readonly canBeLost = false
  readonly #options: StepperOptions
  readonly #width: number
  readonly #optimizer
  /** None where it is frozen. */
  readonly #embedding: TableState | undefined
  readonly #lookUp: LookUp
  /** The parameters that every step changes as a whole, with what the optimizer keeps of them. */
  readonly #dense
  readonly #sum: GradientSum
  readonly #wordSum: WordSum

  constructor(...[model, parameters, options]: StepperParts) {
    const { optimizer, frozenLayers = 0 } = options
    this.parameters = parameters
    this.#options = options
    const width = model.embeddingSize
    this.#width = width
    this.#optimizer = createOptimizer(optimizer)
    const table = parameters[embeddingName]!
    const embedding = frozenLayers > 0 ? undefined : this.#optimizer.table(table, width)
    this.#embedding = embedding
    this.#lookUp = embedding ? (words, into) => embedding.read(words, into) : lookUpIn(table, width)
    const trained = trainedParameters(model, frozenLayers)
    const states = this.#optimizer.dense(
      trained.map(({ name, decays = true }) => ({ size: parameters[name]!.length, decays }))
    )
    this.#dense = trained.map(({ name }, i) => ({ name, state: states[i]! }))
    const kept = embedding ? [{ name: embeddingName, state: embedding }] : []
    this.state = new Map(
      [...kept, ...this.#dense].flatMap(({ name, state: { state } }) =>
        Object.entries(state).map(([array, values]) => [stateName(name, array), values] as const)
      )
    )
    this.#sum = new GradientSum(width)
    this.#wordSum = new WordSum(width)
  }

  async step({ learningRate, ...step }: Step): Promise<readonly StepOutcome[]> {
    const { outcome, gradients } = await this.#outcomeOf(step)
    this.#optimizer.begin(learningRate)
    const { clipNorm } = this.#options
    if (clipNorm) clip(gradients, this.#width, clipNorm)
    for (const { name, state } of this.#dense) {
      state.step(this.parameters[name]!, gradients.dense.get(name)!)
    }
    this.#embedding?.step(gradients.words, gradients.wordGradients)
    return [outcome]
  }

  rest(): Promise<readonly StepOutcome[]> {
    return Promise.resolve([])
  }

  replay(learningRate: number): void {
    this.#optimizer.begin(learningRate)
  }

  settle(): Promise<void> {
    this.#embedding?.catchUpAll()
    return Promise.resolve()
  }

  async #outcomeOf(step: Omit<Step, 'learningRate'>): Promise<PartResult> {
    const parts = partsOf(step, this.#options.runner.rows)
    if (parts.length === 1) return this.#runPart(parts[0]!, step.step, 0)
    const outcomes: StepOutcome[] = []
    this.#sum.clear()
    for (const [n, part] of parts.entries()) {
      const { outcome, gradients } = await this.#runPart(part, step.step, n)
      // They are overwritten by the next part of the same shape.
      this.#sum.add(gradients)
      outcomes.push({ losses: outcome.losses.slice(), logits: outcome.logits.slice() })
    }
    return { outcome: joinedOutcome(outcomes), gradients: this.#sum }
  }

  async #runPart({ texts, classes, rowWeight }: StepPart, step: number, part: number) {
    const { runner, dropout: share = 0, seed = 0 } = this.#options
    const batch = await runner.prepare(texts)
    fillMasks(batch.masks, { share, seed, step, part })
    const feeds = { ...this.parameters, rowWeight }
    const results = await runner.run(batch, { lookUp: this.#lookUp, classes, feeds })
    const dense = this.#dense.map(({ name }) => [name, results[gradientName(name)]!] as const)
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

interface PartResult {
  outcome: StepOutcome
  gradients: StepGradients
}
