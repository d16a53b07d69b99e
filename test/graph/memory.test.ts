import { expect, test } from 'vitest'
import {
  add,
  constant,
  exp,
  input,
  matmul,
  mul,
  reshape,
  split
} from '../../src-main/graph/build.ts'
import type { Value } from '../../src-main/graph/ir.ts'
import { peakBytes } from '../../src-main/graph/memory.ts'

const peak = (...outputs: Value[]) =>
  peakBytes({ name: 'test', outputs: Object.fromEntries(outputs.map((y, i) => [`y${i}`, y])) })

test('a chain holds two tensors at a time, beside its input', () => {
  let x = input('x', [10])
  for (let i = 0; i < 20; i++) x = exp(x)
  expect(peak(x)).toBe(4 * 30)
})

test('what is needed later is held until then', () => {
  const x = input('x', [10])
  const early = exp(x)
  const late = exp(exp(exp(exp(early))))
  expect(peak(mul(late, early))).toBe(4 * 40)
})

test('outputs are held to the end, and another shape takes no memory', () => {
  const x = input('x', [10])
  const first = exp(x)
  expect(peak(first, exp(exp(reshape(first, [2, 5]))))).toBe(4 * 40)
})

test('of several outputs those that nobody reads are let go at once', () => {
  const x = input('x', [8])
  const [left] = split(x, 0, [4, 4]) as [Value, Value]
  expect(peak(exp(left))).toBe(4 * 16)
})

test('constants count, and a product what it is large', () => {
  const x = input('x', [100, 2])
  const y = matmul(x, constant([1, 2, 3, 4, 5, 6], [2, 3]))
  expect(peak(add(y, constant([1])))).toBe(4 * (200 + 6 + 1 + 600))
})
