/**
 * Optimizers: SGD with momentum and AdamW, of dense parameters and of tables (`sparse-table.ts`).
 * Adam's ε is 0 for a table, and the usual 1e-8 for all other parameters.
 */
import type { DenseParameter, DenseRule, DenseState } from './dense-states.ts'
import { denseStates } from './dense-states.ts'
import type { RowRule, TableState } from './sparse-table.ts'
import { Debt, Powers, sparseTable } from './sparse-table.ts'

export interface SgdSettings {
  kind: 'sgd'
  momentum: number
}

export interface AdamWSettings {
  kind: 'adamw'
  /** Decay of the mean of the gradient and of its square. */
  betas: readonly [number, number]
  epsilon: number
  /** Decoupled decay of all weights but the table's. */
  weightDecay: number
}

export type OptimizerSettings = SgdSettings | AdamWSettings

export interface Optimizer {
  /** Starts the next step, with its learning rate. */
  begin(learningRate: number): void
  /** How each step changes the parameters that it changes as a whole. */
  readonly denseRule: DenseRule
  /** The states of those, in their order. */
  dense(parameters: readonly DenseParameter[]): DenseState[]
  /** How a step changes the rows of a table that it touches. */
  readonly rowRule: RowRule
  table(weights: Float32Array, width: number): TableState
}

/** A new optimizer without any state. */
export function createOptimizer(settings: OptimizerSettings): Optimizer {
  return settings.kind === 'sgd' ? new Sgd(settings) : new AdamW(settings)
}

class Sgd implements Optimizer {
  readonly #momentum: number
  readonly #debt: Debt
  readonly #powers: Powers
  #rate = 0

  constructor({ momentum }: SgdSettings) {
    this.#momentum = momentum
    this.#debt = new Debt(momentum)
    this.#powers = new Powers(momentum)
  }

  begin(learningRate: number): void {
    this.#rate = learningRate
    this.#debt.add(learningRate)
  }

  get denseRule(): DenseRule {
    return {
      arrays: ['velocity'],
      factors: ['momentum', 'rate'],
      of: () => [this.#momentum, this.#rate],
      write({ load, store, factor, add, sub, mul }) {
        const velocity = add(mul(factor('momentum'), load('velocity')), load('batch'))
        store('velocity', velocity)
        store('weights', sub(load('weights'), mul(factor('rate'), velocity)))
      }
    }
  }

  dense(parameters: readonly DenseParameter[]): DenseState[] {
    return denseStates(parameters, this.denseRule)
  }

  get rowRule(): RowRule {
    const powers = this.#powers
    return {
      // u is the velocity.
      arrays: ['direction'],
      step: {
        factors: ['decay', 'rate'],
        of: (age) => [powers.of(age + 1), this.#rate],
        write({ load, store, factor, add, sub, mul }, current) {
          const velocity = add(mul(factor('decay'), load('direction')), load('batch'))
          store('direction', velocity)
          store('weights', sub(current, mul(factor('rate'), velocity)))
        }
      },
      decay: {
        factors: ['decay'],
        of: (age) => [powers.of(age)],
        write({ load, store, factor, mul }, current) {
          store('weights', current)
          store('direction', mul(factor('decay'), load('direction')))
        }
      }
    }
  }

  table(weights: Float32Array, width: number): TableState {
    return sparseTable(weights, width, this.#debt, this.rowRule)
  }
}

class AdamW implements Optimizer {
  readonly #settings: AdamWSettings
  readonly #debt: Debt
  /** Of β₁ / √β₂ and √β₂. */
  readonly #directionPowers: Powers
  readonly #rootPowers: Powers
  #rate = 0
  /** √(1−β₂ˢ) / (1−β₁ˢ) at this step: the two corrections of the means' start at zero. */
  #correction = 0
  /** √(1−β₂ˢ) alone, which ε is to be compared with. */
  #rootCorrection = 0

  constructor(settings: AdamWSettings) {
    this.#settings = settings
    const rootBeta2 = Math.sqrt(settings.betas[1])
    const ratio = settings.betas[0] / rootBeta2
    this.#debt = new Debt(ratio)
    this.#directionPowers = new Powers(ratio)
    this.#rootPowers = new Powers(rootBeta2)
  }

  begin(learningRate: number): void {
    const [beta1, beta2] = this.#settings.betas
    const step = this.#debt.step + 1
    this.#rate = learningRate
    this.#rootCorrection = Math.sqrt(1 - beta2 ** step)
    this.#correction = this.#rootCorrection / (1 - beta1 ** step)
    this.#debt.add(learningRate * this.#correction)
  }

  get denseRule(): DenseRule {
    const { betas, epsilon, weightDecay } = this.#settings
    const [beta1, beta2] = betas
    return {
      arrays: ['mean', 'square'],
      factors: ['keep', 'rate', 'epsilon'],
      of: ({ decays = true }) => [
        decays ? 1 - this.#rate * weightDecay : 1,
        this.#rate * this.#correction,
        epsilon * this.#rootCorrection
      ],
      write({ load, store, factor, constant, add, sub, mul, div, sqrt }) {
        const g = load('batch')
        const mean = add(mul(constant(beta1), load('mean')), mul(constant(1 - beta1), g))
        const fresh = mul(mul(constant(1 - beta2), g), g)
        const square = add(mul(constant(beta2), load('square')), fresh)
        store('mean', mean)
        store('square', square)
        const change = div(mul(factor('rate'), mean), add(sqrt(square), factor('epsilon')))
        store('weights', sub(mul(load('weights'), factor('keep')), change))
      }
    }
  }

  dense(parameters: readonly DenseParameter[]): DenseState[] {
    return denseStates(parameters, this.denseRule)
  }

  get rowRule(): RowRule {
    const [beta1, beta2] = this.#settings.betas
    const [directionPowers, rootPowers] = [this.#directionPowers, this.#rootPowers]
    return {
      // u = m / √v and √v: kept instead of m and v, so that catching up takes no root or division.
      arrays: ['direction', 'root'],
      step: {
        factors: ['meanDecay', 'squareDecay', 'rate'],
        of: (age) => {
          const rootDecay = rootPowers.of(age)
          const meanDecay = beta1 * directionPowers.of(age) * rootDecay
          return [meanDecay, beta2 * rootDecay * rootDecay, this.#rate * this.#correction]
        },
        write({ load, store, factor, constant, quotient, ...write }, current) {
          const { add, sub, mul, sqrt } = write
          const [g, oldRoot] = [load('batch'), load('root')]
          const oldMean = mul(mul(factor('meanDecay'), load('direction')), oldRoot)
          const m = add(oldMean, mul(constant(1 - beta1), g))
          const oldSquare = mul(mul(factor('squareDecay'), oldRoot), oldRoot)
          const root = sqrt(add(oldSquare, mul(mul(constant(1 - beta2), g), g)))
          const u = quotient(m, root)
          store('direction', u)
          store('root', root)
          store('weights', sub(current, mul(factor('rate'), u)))
        }
      },
      decay: {
        factors: ['directionDecay', 'rootDecay'],
        of: (age) => [directionPowers.of(age), rootPowers.of(age)],
        write({ load, store, factor, mul }, current) {
          store('weights', current)
          store('direction', mul(factor('directionDecay'), load('direction')))
          store('root', mul(factor('rootDecay'), load('root')))
        }
      }
    }
  }

  table(weights: Float32Array, width: number): TableState {
    return sparseTable(weights, width, this.#debt, this.rowRule)
  }
}
