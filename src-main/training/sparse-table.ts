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
import type { Arithmetic } from './kernel-code.ts'
import { RowArrays, batchRows } from './row-kernels.ts'

/** A [rows, width] parameter of which each step touches a few rows. */
export interface TableState {
  /** Writes rows, as they are after the last step taken, to `into` [rows, width]. */
  read(rows: Int32Array, into: Float32Array): void
  /**
   * Takes this step for rows (each once) with their `gradients` [rows, width]. A row whose gradient
   * is zero is left for later, as if it were absent: after pooling by maximum that is true of many.
   */
  step(rows: Int32Array, gradients: Float32Array): void
  /** Brings every row, and the weights that the table was made of, up to the last step taken. */
  catchUpAll(): void
  /** [rows, width] every row as it was after its own last step. */
  readonly weights: Float32Array
  /** When that was. */
  readonly ledger: RowLedger
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

/** When each row of a table was last stepped, and what it is owed since. */
export class RowLedger {
  /** [rows] the step up to which each row is; 0 for a row never touched, which is owed nothing. */
  readonly lastStep: Int32Array
  readonly #debt: Debt

  constructor(rows: number, debt: Debt) {
    this.lastStep = new Int32Array(rows)
    this.#debt = debt
  }

  /** The step under way, or the last one. */
  get step(): number {
    return this.#debt.step
  }

  /** The steps up to `now` that a row has not taken. */
  age(row: number, now: number): number {
    const last = this.lastStep[row]!
    return last > 0 ? now - last : 0
  }

  /** What times its direction a row is to be moved back by, to be as after step `now`. */
  owed(row: number, now: number): number {
    return this.age(row, now) > 0 ? this.#debt.since(this.lastStep[row]!, now) : 0
  }
}

/** One way in which an optimizer changes a row. */
export interface RowUpdate {
  /** Names of the numbers that it takes. */
  readonly factors: readonly string[]
  /** Those numbers, for a row whose arrays are `age` steps old. */
  of(age: number): readonly number[]
  /** Changes the row; `current` is its weights, caught up. */
  write<Number>(arithmetic: Arithmetic<Number>, current: Number): void
}

/** What an optimizer does to the rows of a table. */
export interface RowRule {
  /** What it keeps of every row: u, called `direction`, as it was after the row's last step; more. */
  readonly arrays: readonly string[]
  /** Takes this step, with the gradient in `batch`. */
  readonly step: RowUpdate
  /** Ages the arrays by steps without a gradient. */
  readonly decay: RowUpdate
}

/** A table that starts as `weights`, with an optimizer's `rule`; `debt` holds the steps taken. */
export function sparseTable(
  weights: Float32Array,
  width: number,
  debt: Debt,
  rule: RowRule
): TableState {
  const count = weights.length / width
  const ledger = new RowLedger(count, debt)
  const { lastStep } = ledger
  const arrays = new RowArrays({ rows: count, width, arrays: ['weights', ...rule.arrays] })
  const { batch, factors } = arrays
  const kept = arrays.array('weights', count)
  kept.set(weights)
  const read = arrays.kernel(['owed'], (write) => write.store('batch', caughtUp(write)))
  const update = ({ factors: more, write: body }: RowUpdate) =>
    arrays.kernel(['owed', ...more], (write) => body(write, write.rounded(caughtUp(write))))
  const [step, decay] = [update(rule.step), update(rule.decay)]
  const rowBytes = 4 * width

  /** Sets the factors for a row that is to be caught up to step `now`; returns its age then. */
  const catchUp = (id: number, now: number) => {
    factors[0] = ledger.owed(id, now)
    return ledger.age(id, now)
  }
  const setFactors = (values: readonly number[]) => {
    for (let i = 0; i < values.length; i++) factors[i + 1] = values[i]!
  }
  return {
    weights: kept,
    ledger,
    state: {
      lastStep,
      ...Object.fromEntries(rule.arrays.map((name) => [name, arrays.array(name, count)]))
    },
    read(rows, into) {
      forEachBatch(rows, (part, start) => {
        for (let n = 0; n < part.length; n++) {
          catchUp(part[n]!, debt.step)
          read(part[n]! * rowBytes, n * rowBytes)
        }
        into.set(batch.subarray(0, part.length * width), start * width)
      })
    },
    step(rows, gradients) {
      forEachBatch(rows, (part, start) => {
        batch.set(gradients.subarray(start * width, (start + part.length) * width))
        for (let n = 0; n < part.length; n++) {
          if (isZero(batch, n * width, (n + 1) * width)) continue
          setFactors(rule.step.of(catchUp(part[n]!, debt.step - 1)))
          step(part[n]! * rowBytes, n * rowBytes)
          lastStep[part[n]!] = debt.step
        }
      })
    },
    catchUpAll() {
      for (let id = 0; id < count; id++) {
        const age = catchUp(id, debt.step)
        if (age === 0) continue
        setFactors(rule.decay.of(age))
        decay(id * rowBytes, 0)
        lastStep[id] = debt.step
      }
      weights.set(kept)
    }
  }
}

/** A row's weights, moved by what it is owed. */
export function caughtUp<Number>({
  load,
  factor,
  sub,
  mul
}: Pick<Arithmetic<Number>, 'load' | 'factor' | 'sub' | 'mul'>): Number {
  return sub(load('weights'), mul(factor('owed'), load('direction')))
}

/** Rows as many at a time as a batch of kernels takes, with the index of the first. */
function forEachBatch(rows: Int32Array, visit: (part: Int32Array, start: number) => void): void {
  for (let start = 0; start < rows.length; start += batchRows) {
    visit(rows.subarray(start, start + batchRows), start)
  }
}
