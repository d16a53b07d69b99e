/** Gradients by differences, in float64 on the reference executor. */
import { expect } from 'vitest'
import { evaluate } from '../../src-main/executors/reference.ts'
import type { Graph } from '../../src-main/graph/ir.ts'

type Feeds = Readonly<Record<string, readonly number[]>>

/**
 * The derivative of Σ weight·output by every number of one input: the central difference of five
 * points, whose error falls with the fourth power of the step. With it comes how far the rounding of
 * the outputs may have moved the result.
 */
export function differences(
  graph: Graph,
  feeds: Feeds,
  { by, weights }: { by: string; weights: Readonly<Record<string, readonly number[]>> }
): { derivatives: number[]; rounding: number } {
  let rounding = 0
  const derivatives = feeds[by]!.map((given, i) => {
    const step = 1e-3 * Math.max(1, Math.abs(given) / 1e4)
    const at = (steps: number) => {
      const moved = feeds[by]!.map((x, j) => (i === j ? x + steps * step : x))
      return evaluate(graph, { ...feeds, [by]: moved })
    }
    const [twoBack, back, on, twoOn] = [at(-2), at(-1), at(1), at(2)]
    let sum = 0
    for (const [name, weight] of Object.entries(weights)) {
      const [a, b, c, d] = [twoBack, back, on, twoOn].map((results) => results[name]!.data)
      // Differences come before the sum: a large output then drowns no digits of the others.
      weight.forEach((w, j) => {
        sum += w * (a![j]! - d![j]! + 8 * (c![j]! - b![j]!))
        rounding = Math.max(rounding, Math.abs((2 * Number.EPSILON * w * c![j]!) / step))
      })
    }
    return sum / (12 * step)
  })
  return { derivatives, rounding }
}

/** Expects every number within `tolerance` of the expected one; says where it is not. */
export function expectWithin(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  { tolerance, name }: { tolerance: number; name: string }
): void {
  expect(actual.length, `${name}: number of elements`).toBe(expected.length)
  const errors = Array.from(actual, (value, i) => Math.abs(value - expected[i]!))
  const worst = errors.reduce((at, error, i) => (error <= errors[at]! ? at : i), 0)
  const detail = `${name}[${worst}]: ${actual[worst]} instead of ${expected[worst]}`
  expect(errors[worst], detail).toBeLessThanOrEqual(tolerance)
}

/** The largest magnitude, at least 1: what an error is compared with where all may vanish. */
export function scaleOf(numbers: ArrayLike<number>): number {
  return Math.max(1, ...Array.from(numbers, Math.abs))
}
