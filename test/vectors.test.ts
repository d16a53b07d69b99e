import { expect, test } from 'vitest'
import { dot, isZero } from '../src-main/vectors.ts'

test('dot starts where it is told, and sums in float64', () => {
  const [a, b] = [Float32Array.of(9, 1, 2, 3), Float32Array.of(4, 5, 6, 9)]
  expect(dot(a, b, { at: 1, from: 0, size: 3 })).toBe(32)
  const [large, one] = [
    Float32Array.of(2 ** 13, 1, 2 ** 13),
    Float32Array.of(2 ** 13, 1, -(2 ** 13))
  ]
  // In float32 the 1 would be lost beside 2²⁶.
  expect(dot(large, one, { at: 0, from: 0, size: 3 })).toBe(1)
})

test('zero is asked of the part alone, and −0 is zero', () => {
  const numbers = Float32Array.of(1, 0, -0, 0, 2)
  expect(isZero(numbers, 1, 4)).toBe(true)
  expect(isZero(numbers, 0, 4)).toBe(false)
  expect(isZero(numbers, 1, 5)).toBe(false)
})
