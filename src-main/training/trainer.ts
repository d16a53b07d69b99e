/** The training loop. */
import { ErratumError, throwIfCancelled } from '../errors.ts'
import type { Executor, Tensors } from '../executors/executor.ts'
import { untilKept } from '../executors/kept-inputs.ts'
import { paddedTokens } from '../models/batch-runner.ts'
import type { Model } from '../models/model.ts'
import { initialParameters } from '../models/parameters.ts'
import type { EncodedTexts } from '../tokens/encode.ts'
import { textAt } from '../tokens/encode.ts'
import { batchesOf } from './batches.ts'
import type { TrainingSettings } from './settings.ts'
import { learningRateAt } from './settings.ts'
import { StepPlaces } from './step-places.ts'
import type { OptimizerState, StepOutcome, Stepper } from './stepper.ts'

/** Rows to train on; all arrays go by the same index and may be shared between threads. */
export interface TrainingSet {
  readonly texts: EncodedTexts
  /** Row ids. */
  readonly rows: Int32Array
  readonly classes: Int32Array
  /** Factor of each row's loss; 0 leaves the row out. */
  readonly weights: Float32Array
}

/** The end of an epoch. */
export interface EpochResult {
  /** Counted from 1. */
  epoch: number
  /** Steps taken so far. */
  step: number
  /** Mean loss and accuracy over the rows as they were trained on. */
  loss: number
  accuracy: number
  /** Of the epoch's last step. */
  learningRate: number
}

/** Mean loss and accuracy of a step's rows, before the step. */
export interface StepResult {
  loss: number
  accuracy: number
}

export interface TrainingObserver {
  onStep?(done: number, total: number, result: StepResult): void
  /** The parameters and the state are the trainer's own: copy what is to be kept. */
  onEpoch?(result: EpochResult, parameters: Tensors, state: OptimizerState): void | Promise<void>
  signal?: AbortSignal | undefined
}

/** A training as it was at the end of an epoch; going on from there gives the same bits. */
export interface TrainingPoint {
  epoch: number
  parameters: Tensors
  state: OptimizerState
}

export interface TrainerOptions {
  /** Rows of the embedding. */
  words: number
  settings: TrainingSettings
  executor: Executor
  /** Parameters that every training starts from; the others are drawn from its seed. */
  given?: Tensors | undefined
}

/** Trains models of one architecture; the compiled graphs are kept from one training to the next. */
export class Trainer {
  readonly #model: Model
  readonly #words: number
  readonly #settings: TrainingSettings
  readonly #given: Tensors | undefined
  readonly #places: StepPlaces

  constructor(model: Model, { words, settings, executor, given }: TrainerOptions) {
    this.#model = model
    this.#words = words
    this.#settings = settings
    this.#given = given
    this.#places = new StepPlaces({ model, words, settings, executor })
  }

  /**
   * Parameters trained from the seed's own initialisation and order, or on from a point of that. Where
   * a device fails that had them, it goes on elsewhere from the last epoch that had ended; what is
   * done again is not told again.
   */
  async train(
    data: TrainingSet,
    seed: number,
    observer: TrainingObserver = {},
    from?: TrainingPoint
  ): Promise<Tensors> {
    if (data.weights.every((weight) => weight === 0)) throw nothingLeft()
    const last: Progress = { point: from, step: 0 }
    return untilKept(() => this.#trainFrom(last, { data, seed, observer }))
  }

  /** Goes on from the last point, and moves that on where a failure is to be expected. */
  async #trainFrom(last: Progress, { data, seed, observer }: Training): Promise<Tensors> {
    const { onStep, onEpoch, signal } = observer
    const from = last.point
    const { epochs, batchSize, embeddingLimit } = this.#settings
    const start = { words: this.#words, embeddingLimit, seed, given: this.#given }
    const initial = from?.parameters ?? initialParameters(this.#model, start)
    const stepper = this.#places.open(initial, seed)
    from?.state.forEach((saved, name) => stepper.state.get(name)!.set(saved))
    const plan = { tokens: this.#paddedLengths(data.texts), rows: data.rows, batchSize, seed }
    const first = (from?.epoch ?? 0) + 1
    let step = 0
    for (let epoch = 1; epoch <= epochs; epoch++) {
      const batches = batchesOf(plan, epoch)
      const steps = batches.length * epochs
      const tally = new Tally(this.#model.classes)
      const tell = (outcomes: readonly StepOutcome[]) => {
        for (const { done, ...result } of tally.add(outcomes)) {
          if (done > last.step) onStep?.(done, steps, result)
          last.step = Math.max(last.step, done)
        }
      }
      let learningRate = 0
      for (const batch of batches) {
        throwIfCancelled(signal)
        learningRate = learningRateAt(this.#settings, step, steps)
        step++
        const weights = weigh(batch, data.weights, batchSize)
        if (weights.weight === 0) continue
        if (epoch < first) {
          stepper.replay(learningRate)
          continue
        }
        const texts = batch.map((index) => textAt(data.texts, index))
        const classes = batch.map((index) => data.classes[index]!)
        tally.expect({ ...weights, classes, step })
        const { rowWeight } = weights
        tell(await stepper.step({ texts, classes, rowWeight, learningRate, step }))
      }
      if (epoch < first) continue
      tell(await stepper.rest())
      await stepper.settle()
      if (!Number.isFinite(tally.loss)) throw diverged(epoch, this.#settings.learningRate)
      const { loss, accuracy } = tally
      const result = { epoch, step, loss, accuracy, learningRate }
      if (stepper.canBeLost) last.point = pointAt(epoch, stepper)
      await onEpoch?.(result, stepper.parameters, stepper.state)
    }
    return stepper.parameters
  }

  async dispose(): Promise<void> {
    await this.#places.dispose()
  }

  #paddedLengths({ offsets }: EncodedTexts): Int32Array {
    return Int32Array.from({ length: offsets.length - 1 }, (_, i) =>
      paddedTokens(this.#model, offsets[i + 1]! - offsets[i]!)
    )
  }
}

/** One training. */
interface Training {
  data: TrainingSet
  seed: number
  observer: TrainingObserver
}

/** How far it has come. */
interface Progress {
  /** Where it goes on; from the start where there is none. */
  point: TrainingPoint | undefined
  /** The last step that was told of. */
  step: number
}

/** The training as it is now, in arrays of its own. */
function pointAt(epoch: number, { parameters, state }: Stepper): TrainingPoint {
  const copies = Object.entries(parameters).map(([name, data]) => [name, data.slice()] as const)
  return {
    epoch,
    parameters: Object.fromEntries(copies),
    state: new Map(Array.from(state, ([name, data]) => [name, data.slice()]))
  }
}

/** How much the rows of a batch count. */
interface BatchWeights {
  /** [batch size] factors that make its loss a weighted mean. */
  rowWeight: Float32Array
  /** Sum of the rows' weights. */
  weight: number
}

function weigh(batch: readonly number[], weights: Float32Array, size: number): BatchWeights {
  const weight = batch.reduce((total, index) => total + weights[index]!, 0)
  const rowWeight = new Float32Array(size)
  if (weight > 0) batch.forEach((index, n) => (rowWeight[n] = weights[index]! / weight))
  return { rowWeight, weight }
}

/** A step whose outcome may not be known yet. */
interface TakenStep extends BatchWeights {
  classes: readonly number[]
  step: number
}

/** Loss and accuracy of an epoch, weighted as the rows are. */
class Tally {
  readonly #classes: number
  /** The steps whose outcomes are not known yet, in their order. */
  readonly #expected: TakenStep[] = []
  #loss = 0
  #right = 0
  #weight = 0

  constructor(classes: number) {
    this.#classes = classes
  }

  get loss(): number {
    return this.#loss / this.#weight
  }

  get accuracy(): number {
    return this.#right / this.#weight
  }

  expect(step: TakenStep): void {
    this.#expected.push(step)
  }

  /** Adds the outcomes of the steps that come next, and says what each came to. */
  add(outcomes: readonly StepOutcome[]): (StepResult & { done: number })[] {
    return outcomes.map((outcome) => {
      const step = this.#expected.shift()!
      return { done: step.step, ...this.#addStep(outcome, step) }
    })
  }

  /** `rowWeight` times `weight` is what each row counts. */
  #addStep({ losses, logits }: StepOutcome, { classes, rowWeight, weight }: TakenStep): StepResult {
    const batch = { loss: 0, accuracy: 0 }
    classes.forEach((label, row) => {
      const share = rowWeight[row]! * weight
      if (share === 0) return
      const isRight = largest(logits, row * this.#classes, this.#classes) === label
      this.#loss += share * losses[row]!
      if (isRight) this.#right += share
      this.#weight += share
      batch.loss += rowWeight[row]! * losses[row]!
      if (isRight) batch.accuracy += rowWeight[row]!
    })
    return batch
  }
}

/** Index, counted from `start`, of the largest of `count` numbers; the first of equals. */
export function largest(numbers: ArrayLike<number>, start: number, count: number): number {
  let best = 0
  for (let i = 1; i < count; i++) if (numbers[start + i]! > numbers[start + best]!) best = i
  return best
}

function nothingLeft(): ErratumError {
  return new ErratumError(
    'bad-argument',
    'Training: no row is left to train on. Remove fewer rows, or give some a weight above 0.'
  )
}

function diverged(epoch: number, learningRate: number): ErratumError {
  return new ErratumError(
    'training-failed',
    `Training: the loss of epoch ${epoch} is not a number. Lower the learning rate ` +
      `(now ${learningRate}).`
  )
}
