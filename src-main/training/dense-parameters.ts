/** The parameters that every step changes as a whole, where the host keeps them. */
import type { Tensors } from '../executors/executor.ts'
import type { ParameterSpec } from '../models/model.ts'
import type { DenseState } from './dense-states.ts'
import type { Optimizer } from './optimizers.ts'
import type { StepGradients } from './step-gradients.ts'
import { clip } from './step-gradients.ts'
import { stateName } from './update-graph.ts'

/** Those parameters and what the optimizer keeps of them, wherever they are. */
export interface DenseParameters {
  /** What the train-step graph is fed of them. */
  readonly feeds: Tensors
  /** Gets ready for the first step: arrays may have been filled until then. */
  begin(): Promise<void>
  /** Is told that the gradients of a part of a step have been worked out, part by part from 0. */
  take(part: number, parts: number): Promise<void>
  /** Changes the parameters; the gradients, of words also, are clipped together before. */
  step(gradients: StepGradients): Promise<void>
  /** Brings the arrays, of the parameters and of `state`, up to the last step. */
  settle(): Promise<void>
  /** What the optimizer keeps of them, by `PARAMETER.NAME`. */
  readonly state: ReadonlyMap<string, Float32Array>
}

export interface DenseOptions {
  trained: readonly ParameterSpec[]
  /** All of them; those that are trained are changed in place. */
  parameters: Tensors
  optimizer: Optimizer
  /** Numbers of an embedding. */
  width: number
  clipNorm: number | null
}

export class HostParameters implements DenseParameters {
  readonly feeds: Tensors
  readonly state: ReadonlyMap<string, Float32Array>
  readonly #options: DenseOptions
  readonly #states: readonly DenseState[]

  constructor(options: DenseOptions) {
    const { trained, parameters, optimizer } = options
    this.feeds = parameters
    this.#options = options
    this.#states = optimizer.dense(
      trained.map(({ name, decays = true }) => ({ size: parameters[name]!.length, decays }))
    )
    this.state = new Map(
      trained.flatMap(({ name }, i) =>
        Object.entries(this.#states[i]!.state).map(
          ([array, values]) => [stateName(name, array), values as Float32Array] as const
        )
      )
    )
  }

  step(gradients: StepGradients): Promise<void> {
    const { trained, parameters, width, clipNorm } = this.#options
    if (clipNorm) clip(gradients, width, clipNorm)
    for (const [i, { name }] of trained.entries()) {
      this.#states[i]!.step(parameters[name]!, gradients.dense.get(name)!)
    }
    return nothing
  }

  begin = () => nothing
  take = () => nothing
  settle = () => nothing
}

const nothing = Promise.resolve()
