/** Golden values that PyTorch made (test/parity/README.md), and comparison that names the worst index. */
import { readFileSync } from 'node:fs'
import { expect } from 'vitest'

/** A tensor in a golden file. */
export interface Packed {
  shape: number[]
  data: number[]
}

/** Reads `test/parity/golden/NAME.json`. */
export function golden<T>(name: string): T {
  const url = new URL(`../parity/golden/${name}.json`, import.meta.url)
  return JSON.parse(readFileSync(url, 'utf8')) as T
}

/**
 * Expects every number within `tolerance` of the expected one, relative to the largest expected
 * magnitude of the tensor.
 */
export function expectClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  { tolerance, name = 'tensor' }: { tolerance: number; name?: string }
): void {
  expect(actual.length, `${name}: number of elements`).toBe(expected.length)
  let scale = 0
  let worst = 0
  let at = 0
  for (let i = 0; i < expected.length; i++) {
    scale = Math.max(scale, Math.abs(expected[i]!))
    const error = Math.abs(actual[i]! - expected[i]!)
    if (!(error <= worst)) [worst, at] = [error, i]
  }
  const detail = `${name}[${at}]: ${actual[at]} instead of ${expected[at]} (scale ${scale})`
  expect(worst, detail).toBeLessThanOrEqual(tolerance * Math.max(scale, Number.EPSILON))
}
