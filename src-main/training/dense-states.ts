/**
 * What an optimizer keeps of the parameters that each step changes as a whole. All lie in one memory
 * of WebAssembly, in rows of one width whatever their shapes, and one kernel (`row-kernels.ts`) works
 * on them: a step of AdamW takes half of the time that a loop takes.
 */
import type { Arithmetic } from './kernel-code.ts'
import { RowArrays, batchRows } from './row-kernels.ts'
import type { KeptState } from './sparse-table.ts'

/** One parameter that each step changes as a whole. */
export interface DenseState {
  /** `gradient` is that of the step's loss; both have the parameter's size. */
  step(weights: Float32Array, gradient: Float32Array): void
  /** What it keeps between steps: read to be saved, filled to be restored. */
  readonly state: KeptState
}

export interface DenseParameter {
  size: number
  /** Whether weight decay is of it; it is unless this says no. */
  decays?: boolean
}

/** How an optimizer changes parameters. */
export interface DenseRule {
  /** What it keeps of every number. */
  readonly arrays: readonly string[]
  /** Names of the numbers that a step takes. */
  readonly factors: readonly string[]
  /** Those numbers, for this step. */
  of(parameter: DenseParameter): readonly number[]
  /** Changes `weights` and the arrays, given the gradient in `batch`. */
  write<Number>(arithmetic: DenseArithmetic<Number>): void
}

/** What rules are written with: kernels do it here, and a graph on a device (`update-graph.ts`). */
export type DenseArithmetic<Number> = Omit<Arithmetic<Number>, 'quotient' | 'rounded'>

/** Numbers of a row: few enough that a bias hardly takes more room than it has numbers. */
const width = 128

/** Fresh states of parameters, in their order. */
export function denseStates(parameters: readonly DenseParameter[], rule: DenseRule): DenseState[] {
  const rowsOf = ({ size }: DenseParameter) => Math.ceil(size / width)
  const rows = parameters.reduce((sum, parameter) => sum + rowsOf(parameter), 0)
  const arrays = new RowArrays({ rows, width, arrays: ['weights', ...rule.arrays] })
  const kernel = arrays.kernel(rule.factors, (arithmetic) => rule.write(arithmetic))
  const whole = (name: string) => arrays.array(name, rows)
  const [kept, { batch, factors }] = [whole('weights'), arrays]
  let end = 0
  return parameters.map((parameter) => {
    const first = end
    end += rowsOf(parameter)
    const [from, to] = [first * width, first * width + parameter.size]
    const state = rule.arrays.map((name) => [name, whole(name).subarray(from, to)] as const)
    const last = end
    return {
      state: Object.fromEntries(state),
      step(weights, gradient) {
        rule.of(parameter).forEach((value, i) => (factors[i] = value))
        kept.set(weights, from)
        for (let row = first; row < last; row += batchRows) {
          const start = (row - first) * width
          batch.set(gradient.subarray(start, start + batchRows * width))
          const count = Math.min(batchRows, last - row)
          for (let n = 0; n < count; n++) kernel(4 * (row + n) * width, 4 * n * width)
        }
        weights.set(kept.subarray(from, to))
      }
    }
  })
}
