/** One training under way: parameters, the optimizer's state, and the step that changes both. */
import type { Tensors } from '../executors/executor.ts'
import type { BatchRunner, BatchText } from '../models/batch-runner.ts'
import type { Model } from '../models/model.ts'
import type { OptimizerSettings } from './optimizers.ts'
import { joined } from './step-gradients.ts'

export interface Step {
  texts: readonly BatchText[]
  classes: readonly number[]
  /** [batch size] factor of each row's loss; their sum is 1 for a mean. */
  rowWeight: Float32Array
  learningRate: number
  /** Its number, which dropout draws by. */
  step: number
}

/** Losses [rows] and logits [rows, classes] as they were before the step. */
export interface StepOutcome {
  losses: Float32Array
  logits: Float32Array
}

/** What the optimizer keeps between steps, by `PARAMETER.NAME`. */
export type OptimizerState = ReadonlyMap<string, Float32Array | Int32Array>

/** Takes the steps of one training; where its numbers are meanwhile is its own affair. */
export interface Stepper {
  /** Trained in place, but up to date only after `settle`. */
  readonly parameters: Tensors
  /** The arrays are its own: filled before the first step, and up to date only after `settle`. */
  readonly state: OptimizerState
  /** Whether a device has the numbers, which may fail and take them along. */
  readonly canBeLost: boolean
  /**
   * Takes one step. Gives what has become known of the steps so far, each once and in their order;
   * the next step may overwrite it.
   */
  step(step: Step): Promise<readonly StepOutcome[]>
  /** What is not known yet of the steps so far. */
  rest(): Promise<readonly StepOutcome[]>
  /** Counts a step that was taken before the state was saved. */
  replay(learningRate: number): void
  /** Brings parameters and state up to the last step. */
  settle(): Promise<void>
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

/** What a stepper is made of. */
export type StepperParts = readonly [model: Model, parameters: Tensors, options: StepperOptions]

/** The rows of one part of a step; the weights are as many as a batch has rows. */
export type StepPart = Pick<Step, 'texts' | 'classes' | 'rowWeight'>

/** A step in parts of up to `size` rows; the last step of an epoch may fit into one. */
export function partsOf({ texts, classes, rowWeight }: StepPart, size: number): StepPart[] {
  const count = Math.max(Math.ceil(texts.length / size), 1)
  return Array.from({ length: count }, (_, part) => {
    const [start, end] = [part * size, (part + 1) * size]
    const weights = new Float32Array(size)
    weights.set(rowWeight.subarray(start, end))
    return {
      texts: texts.slice(start, end),
      classes: classes.slice(start, end),
      rowWeight: weights
    }
  })
}

/** The outcome of a step from those of its parts. */
export function joinedOutcome(parts: readonly StepOutcome[]): StepOutcome {
  return {
    losses: joined(parts.map(({ losses }) => losses)),
    logits: joined(parts.map(({ logits }) => logits))
  }
}
