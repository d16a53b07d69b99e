/**
 * Optimizers, dense and sparse. A *table* is a parameter of which a step touches only a few rows
 * (the word embedding). Dense training would still move the other rows, since momentum goes on when
 * the gradient is zero. Here a row is caught up when it is next touched, exactly: with u the row's
 * direction after its last step t, each later step s without a gradient moves it by
 *
 *   w ← w − a(s) · r^(s−t) · u
 *
 * where for SGD with momentum u = v, r = μ and a(s) = η(s), and for Adam u = m / √v, r = β₁ / √β₂
 * and a(s) = η(s) · √(1−β₂ˢ) / (1−β₁ˢ). So what a row is owed is one scalar times u. It takes that
 * form for Adam because the table's ε is 0: dense AdamW with ε = 0 on that tensor gives the same
 * weights. An ε of the usual 1e-8 serves all other parameters. Terms beyond r^n < 1e-18 are left
 * out, below the rounding of the sum.
 */

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

/** One parameter that each step changes as a whole. */
export interface DenseState {
  /** `gradient` is that of the step's loss; both have the parameter's size. */
  step(weights: Float32Array, gradient: Float32Array): void
}

/** A [rows, width] parameter of which each step touches a few rows. */
export interface TableState {
  /** Writes rows, as they are after the last step taken, to `into` [rows, width]. */
  read(rows: Int32Array, into: Float32Array): void
  /**
   * Takes this step for rows (each once). `current` [rows, width] is what `read` gave for them, and
   * `gradients` is of the same shape. A row whose gradient is zero is left for later, as if it were
   * absent: after pooling by maximum that is true of many.
   */
  step(rows: Int32Array, current: Float32Array, gradients: Float32Array): void
  /** Brings every row up to the last step taken. */
  catchUpAll(): void
}

export interface Optimizer {
  /** Starts the next step, with its learning rate. */
  begin(learningRate: number): void
  dense(size: number): DenseState
  table(weights: Float32Array, width: number): TableState
}

/** A new optimizer without any state. */
export function createOptimizer(settings: OptimizerSettings): Optimizer {
  return settings.kind === 'sgd' ? new Sgd(settings) : new AdamW(settings)
}

/**
 * What rows are owed: for each last step t the sum over s > t of a(s) · r^(s−t). One pass back over
 * the last few hundred steps gives it for every t.
 */
class Debt {
  readonly #ratio: number
  /** a(s) by step, from step 1. */
  readonly #factors: number[] = [0]
  readonly #window: number
  readonly #owed: Float64Array
  #computedAt = 0

  constructor(ratio: number) {
    this.#ratio = ratio
    this.#window = ratio > 0 ? Math.ceil(Math.log(1e-18) / Math.log(ratio)) : 1
    this.#owed = new Float64Array(this.#window + 1)
  }

  get step(): number {
    return this.#factors.length - 1
  }

  add(factor: number): void {
    this.#factors.push(factor)
  }

  /** What a row last touched at step t is owed for the steps up to and including `now`. */
  since(t: number, now: number): number {
    if (this.#computedAt !== now) this.#compute(now)
    // Older rows are owed what the window holds, shrunk by the steps between.
    const age = now - t
    if (age <= this.#window) return this.#owed[age]!
    return this.#sumFrom(t, now)
  }

  #compute(now: number): void {
    this.#computedAt = now
    const oldest = Math.max(now - this.#window, 0)
    this.#owed[0] = 0
    for (let t = now - 1; t >= oldest; t--) {
      const later = this.#owed[now - t - 1]!
      this.#owed[now - t] = this.#ratio * (this.#factors[t + 1]! + later)
    }
  }

  /** The terms after t that count, for a row older than the window. */
  #sumFrom(t: number, now: number): number {
    let sum = 0
    for (let s = Math.min(t + this.#window, now); s > t; s--) {
      sum = this.#ratio * (this.#factors[s]! + sum)
    }
    return sum
  }
}

/**
 * rⁿ by n. A look-up, because V8 moves a power into the loop that multiplies by it and takes it
 * anew for every element: catching up the rows of a batch took 3.5 ms so, and 0.3 ms now.
 */
class Powers {
  readonly #base: number
  readonly #known = [1]

  constructor(base: number) {
    this.#base = base
  }

  of(exponent: number): number {
    const known = this.#known
    while (known.length <= exponent) known.push(known.at(-1)! * this.#base)
    return known[exponent]!
  }
}

/** Where a row stands in a table and in the arrays of a batch: its first elements in each. */
interface Place {
  row: number
  batch: number
}

/** What an optimizer does to the rows of a table. */
interface RowRule {
  /** [rows, width] u of every row, as it was after the row's last step. */
  direction: Float32Array
  /** Takes this step, from `current` on; the row's state is `age` steps old. */
  step(place: Place, age: number, current: Float32Array, gradients: Float32Array): void
  /** Ages the state of a row, which starts at `row`, by `age` steps without a gradient. */
  decay(row: number, age: number): void
}

function sparseTable(weights: Float32Array, width: number, debt: Debt, rule: RowRule): TableState {
  /** The step up to which each row is; 0 for a row never touched, which is owed nothing. */
  const lastStep = new Int32Array(weights.length / width)
  const { direction } = rule
  const moved = (place: Place, owed: number, into: Float32Array) => {
    if (owed === 0) {
      // `set` of a view copies four times as fast as a loop over 128 numbers does.
      into.set(weights.subarray(place.row, place.row + width), place.batch)
    } else moveAlong({ weights, direction, width }, place, owed, into)
  }
  const owedTo = (id: number) => {
    const last = lastStep[id]!
    return last === 0 || last === debt.step ? 0 : debt.since(last, debt.step)
  }
  return {
    read(rows, into) {
      for (let n = 0; n < rows.length; n++) {
        moved({ row: rows[n]! * width, batch: n * width }, owedTo(rows[n]!), into)
      }
    },
    step(rows, current, gradients) {
      const before = debt.step - 1
      for (let n = 0; n < rows.length; n++) {
        const batch = n * width
        if (isZero(gradients, batch, batch + width)) continue
        const last = lastStep[rows[n]!]!
        const age = last > 0 ? before - last : 0
        rule.step({ row: rows[n]! * width, batch }, age, current, gradients)
        lastStep[rows[n]!] = debt.step
      }
    },
    catchUpAll() {
      for (let id = 0; id < lastStep.length; id++) {
        const row = id * width
        const age = debt.step - lastStep[id]!
        if (age === 0 || lastStep[id] === 0) continue
        moved({ row, batch: row }, owedTo(id), weights)
        rule.decay(row, age)
        lastStep[id] = debt.step
      }
    }
  }
}

/**
 * Writes a row, moved by owed · u, to `into`. Four numbers a turn take two thirds of the time of one
 * a turn.
 */
function moveAlong(
  { weights, direction, width }: { weights: Float32Array; direction: Float32Array; width: number },
  { row, batch }: Place,
  owed: number,
  into: Float32Array
): void {
  let [i, j] = [row, batch]
  for (const end = row + width - 3; i < end; i += 4, j += 4) {
    into[j] = weights[i]! - owed * direction[i]!
    into[j + 1] = weights[i + 1]! - owed * direction[i + 1]!
    into[j + 2] = weights[i + 2]! - owed * direction[i + 2]!
    into[j + 3] = weights[i + 3]! - owed * direction[i + 3]!
  }
  for (; i < row + width; i++, j++) into[j] = weights[i]! - owed * direction[i]!
}

function isZero(numbers: Float32Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (numbers[i] !== 0) return false
  return true
}

class Sgd implements Optimizer {
  readonly #momentum: number
  readonly #debt: Debt
  #rate = 0

  constructor({ momentum }: SgdSettings) {
    this.#momentum = momentum
    this.#debt = new Debt(momentum)
  }

  begin(learningRate: number): void {
    this.#rate = learningRate
    this.#debt.add(learningRate)
  }

  dense(size: number): DenseState {
    const velocity = new Float32Array(size)
    return {
      step: (weights, gradient) => {
        const [rate, momentum] = [this.#rate, this.#momentum]
        for (let i = 0; i < size; i++) {
          const v = momentum * velocity[i]! + gradient[i]!
          velocity[i] = v
          weights[i]! -= rate * v
        }
      }
    }
  }

  table(weights: Float32Array, width: number): TableState {
    const velocity = new Float32Array(weights.length)
    const momentum = this.#momentum
    const powers = new Powers(momentum)
    return sparseTable(weights, width, this.#debt, {
      direction: velocity,
      step: ({ row, batch }, age, current, gradients) => {
        const rate = this.#rate
        const decay = powers.of(age + 1)
        for (let d = 0; d < width; d++) {
          const v = decay * velocity[row + d]! + gradients[batch + d]!
          velocity[row + d] = v
          weights[row + d] = current[batch + d]! - rate * v
        }
      },
      decay(row, age) {
        const decay = powers.of(age)
        for (let i = row; i < row + width; i++) velocity[i]! *= decay
      }
    })
  }
}

class AdamW implements Optimizer {
  readonly #settings: AdamWSettings
  readonly #debt: Debt
  #rate = 0
  /** √(1−β₂ˢ) / (1−β₁ˢ) at this step: the two corrections of the means' start at zero. */
  #correction = 0
  /** √(1−β₂ˢ) alone, which ε is to be compared with. */
  #rootCorrection = 0

  constructor(settings: AdamWSettings) {
    this.#settings = settings
    this.#debt = new Debt(settings.betas[0] / Math.sqrt(settings.betas[1]))
  }

  begin(learningRate: number): void {
    const [beta1, beta2] = this.#settings.betas
    const step = this.#debt.step + 1
    this.#rate = learningRate
    this.#rootCorrection = Math.sqrt(1 - beta2 ** step)
    this.#correction = this.#rootCorrection / (1 - beta1 ** step)
    this.#debt.add(learningRate * this.#correction)
  }

  dense(size: number): DenseState {
    const mean = new Float32Array(size)
    const square = new Float32Array(size)
    const [beta1, beta2] = this.#settings.betas
    return {
      step: (weights, gradient) => {
        const rate = this.#rate * this.#correction
        const epsilon = this.#settings.epsilon * this.#rootCorrection
        const keep = 1 - this.#rate * this.#settings.weightDecay
        for (let i = 0; i < size; i++) {
          const g = gradient[i]!
          const m = beta1 * mean[i]! + (1 - beta1) * g
          const v = beta2 * square[i]! + (1 - beta2) * g * g
          mean[i] = m
          square[i] = v
          weights[i] = weights[i]! * keep - (rate * m) / (Math.sqrt(v) + epsilon)
        }
      }
    }
  }

  table(weights: Float32Array, width: number): TableState {
    /** u = m / √v and √v: kept instead of m and v, so that catching up takes no root or division. */
    const direction = new Float32Array(weights.length)
    const root = new Float32Array(weights.length)
    const [beta1, beta2] = this.#settings.betas
    const rootBeta2 = Math.sqrt(beta2)
    const [directionPowers, rootPowers] = [new Powers(beta1 / rootBeta2), new Powers(rootBeta2)]
    return sparseTable(weights, width, this.#debt, {
      direction,
      step: ({ row, batch }, age, current, gradients) => {
        const rate = this.#rate * this.#correction
        const rootDecay = rootPowers.of(age)
        const meanDecay = beta1 * directionPowers.of(age) * rootDecay
        const squareDecay = beta2 * rootDecay * rootDecay
        for (let d = 0; d < width; d++) {
          const g = gradients[batch + d]!
          const oldRoot = root[row + d]!
          const m = meanDecay * direction[row + d]! * oldRoot + (1 - beta1) * g
          const r = Math.sqrt(squareDecay * oldRoot * oldRoot + (1 - beta2) * g * g)
          const u = r > 0 ? m / r : 0
          direction[row + d] = u
          root[row + d] = r
          weights[row + d] = current[batch + d]! - rate * u
        }
      },
      decay(row, age) {
        const [decay, rootDecay] = [directionPowers.of(age), rootPowers.of(age)]
        for (let i = row; i < row + width; i++) {
          direction[i]! *= decay
          root[i]! *= rootDecay
        }
      }
    })
  }
}
