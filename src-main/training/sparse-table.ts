/**
 * A *table* is a parameter of which a step touches only a few rows (the word embedding). Dense
 * training would still move the other rows, since momentum goes on when the gradient is zero. Here a
 * row is caught up when it is next touched, exactly: with u the row's direction after its last step
 * t, each later step s without a gradient moves it by
 *
 *   w ← w − a(s) · r^(s−t) · u
 *
 * where for SGD with momentum u = v, r = μ and a(s) = η(s), and for Adam u = m / √v, r = β₁ / √β₂
 * and a(s) = η(s) · √(1−β₂ˢ) / (1−β₁ˢ). So what a row is owed is one scalar times u. It takes that
 * form for Adam because the table's ε is 0: dense AdamW with ε = 0 on that tensor gives the same
 * weights. Terms beyond r^n < 1e-18 are left out, below the rounding of the sum.
 */
import { isZero } from '../vectors.ts'

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
  /** What it keeps between steps: read to be saved, filled to be restored. */
  readonly state: KeptState
}

/** Arrays that an optimizer keeps for one parameter between steps, by name. */
export type KeptState = Readonly<Record<string, Float32Array | Int32Array>>

/**
 * What rows are owed: for each last step t the sum over s > t of a(s) · r^(s−t). One pass back over
 * the last few hundred steps gives it for every t.
 */
export class Debt {
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
export class Powers {
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
export interface Place {
  row: number
  batch: number
}

/** What an optimizer does to the rows of a table. */
export interface RowRule {
  /** [rows, width] u of every row, as it was after the row's last step. */
  direction: Float32Array
  /** What else it keeps of every row. */
  state?: KeptState
  /** Takes this step, from `current` on; the row's state is `age` steps old. */
  step(place: Place, age: number, current: Float32Array, gradients: Float32Array): void
  /** Ages the state of a row, which starts at `row`, by `age` steps without a gradient. */
  decay(row: number, age: number): void
}

/** A table of `weights` with an optimizer's `rule` for its rows; `debt` holds the steps taken. */
export function sparseTable(
  weights: Float32Array,
  width: number,
  debt: Debt,
  rule: RowRule
): TableState {
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
    state: { lastStep, direction, ...rule.state },
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
