import { describe, expect, test } from 'vitest'
import { evaluate } from '../../src-main/executors/reference.ts'
import {
  add,
  constant,
  exp,
  indicator,
  input,
  log,
  matmul,
  mul,
  neg,
  reduceMax,
  reduceSum,
  relu,
  split,
  sub
} from '../../src-main/graph/build.ts'
import { gradients } from '../../src-main/graph/gradients.ts'
import type { OpName, Value } from '../../src-main/graph/ir.ts'
import { sizeOf, topological } from '../../src-main/graph/ir.ts'
import { hash32, hashString, normalStream } from '../../src-main/random.ts'
import { differences, expectWithin, scaleOf } from '../support/differences.ts'
import { testedExecutors } from '../support/executors.ts'
import type { OpCase } from '../support/op-cases.ts'
import { buildCase, casesOf, computingOps, numbered, realInputs } from '../support/op-cases.ts'

const [reference, ...others] = testedExecutors

/** Random weights for every output: the gradients are those of their weighted sum. */
function seedsFor({ op, note, outputs }: OpCase): number[][] {
  const normal = normalStream(hash32(hashString(op), hashString(note)))
  return outputs.map(({ data }) => data.map(() => Math.fround(normal())))
}

/** Σ seed·output over the outputs of these places. */
function weightedSum(outputs: readonly Value[], seeds: number[][], places: number[]): Value {
  const parts = places.map((i) => {
    const { shape } = outputs[i]!
    const everyAxis = shape.map((_, axis) => axis)
    return reduceSum(mul(outputs[i]!, constant(seeds[i]!, shape)), everyAxis)
  })
  return parts.reduce(add)
}

/** The gradients of a case by every input, where only the outputs of some places are used. */
function bothWays(given: OpCase, places: number[]) {
  const { inputs: all, outputs, feeds } = buildCase(given)
  const by = realInputs(given)
  const inputs = by.map((i) => all[i]!)
  const seeds = seedsFor(given)
  const found =
    outputs.length === 1
      ? gradients(outputs[0]!, constant(seeds[0]!, outputs[0]!.shape), inputs)
      : gradients(weightedSum(outputs, seeds, places), constant([1]), inputs)
  const forward = { name: 'forward', outputs: numbered('y', outputs) }
  const weights = Object.fromEntries(places.map((i) => [`y${i}`, seeds[i]!]))
  return {
    shapes: found.map(({ shape }) => shape),
    graph: { name: 'gradient', outputs: numbered('dx', found) },
    feeds,
    byDifferences: by.map((i) => differences(forward, feeds, { by: `x${i}`, weights }))
  }
}

/** Those through which no gradient flows. */
const flat: readonly OpName[] = ['Constant', 'Indicator', 'Floor']
const withGradient = computingOps.filter((op) => !flat.includes(op))
const smooth = (op: (typeof computingOps)[number]) => casesOf(op).filter(({ kink }) => !kink)

describe.each(withGradient)('the gradient of %s agrees with differences', (op) => {
  test.each(smooth(op))('$note', async (given) => {
    const all = given.outputs.map((_, i) => i)
    // Of several outputs also each alone, and all but one: the others' gradients are then missing.
    const choices =
      all.length > 1
        ? [all, ...all.map((i) => [i]), ...all.map((i) => all.filter((j) => j !== i))]
        : [all]
    for (const places of choices) {
      const { graph, feeds, byDifferences, shapes } = bothWays(given, places)
      expect(shapes).toEqual(realInputs(given).map((i) => given.inputs[i]!.shape))
      const exact = await reference!.run(graph, feeds)
      byDifferences.forEach(({ derivatives, rounding }, i) => {
        const name = `dx${i} of outputs ${places}`
        const tolerance = 1e-8 * scaleOf(derivatives) + rounding
        expectWithin(exact[`dx${i}`]!, derivatives, { tolerance, name })
      })
      for (const executor of others) {
        const results = await executor.run(graph, feeds)
        shapes.forEach((_, i) => {
          const name = `dx${i} of outputs ${places} on ${executor.name}`
          // A rule is a few operators, each with an error of its own.
          const tolerance = 4 * executor.tolerance * scaleOf(exact[`dx${i}`]!)
          expectWithin(results[`dx${i}`]!, exact[`dx${i}`]!, { tolerance, name })
        })
      }
    }
  })
})

/** Gradients as numbers, from one feed for every input. */
function numbersOf(values: readonly Value[], feeds: Record<string, number[]>): number[][] {
  const results = evaluate({ name: 'test', outputs: numbered('dx', values) }, feeds)
  return values.map((_, i) => [...results[`dx${i}`]!.data])
}

const x = () => input('x', [2])
const ones = () => constant([1, 1], [2])

test('a chain of 20,000 nodes overflows no stack', () => {
  const start = input('x', [])
  let end = start
  for (let i = 0; i < 10_000; i++) end = add(neg(end), constant([1]))
  const [dx] = gradients(end, constant([3]), [start])
  expect(topological([end]).length).toBe(30_001)
  expect(numbersOf([end, dx!], { x: [0.25] })).toEqual([[0.25], [3]])
})

test('the arms of a diamond add up', () => {
  const start = x()
  const shared = exp(start)
  const root = mul(add(shared, constant([1])), sub(shared, constant([2])))
  const [dx] = gradients(root, ones(), [start])
  // d/dx (e + 1)(e − 2) = e (2e − 1)
  const expected = [0.5, -1].map((at) => Math.exp(at) * (2 * Math.exp(at) - 1))
  expectWithin(numbersOf([dx!], { x: [0.5, -1] })[0]!, expected, { tolerance: 1e-14, name: 'dx' })
})

test('an input that is used twice by one node gets both gradients', () => {
  const start = x()
  const [dx] = gradients(mul(start, start), ones(), [start])
  expect(numbersOf([dx!], { x: [3, -0.5] })).toEqual([[6, -1]])
  const matrix = input('m', [2, 2])
  const seed = constant([1, 0, 0, 0], [2, 2])
  const [dm] = gradients(matmul(matrix, matrix), seed, [matrix])
  // m₀₀² + m₀₁ m₁₀
  expect(numbersOf([dm!], { m: [1, 2, 3, 4] })).toEqual([[2, 3, 2, 0]])
})

test('a target may be an inner value of the way to another target, or the root', () => {
  const start = x()
  const inner = exp(start)
  const root = mul(inner, inner)
  const [dx, dinner, droot] = gradients(root, ones(), [start, inner, root])
  const at = [0, 0.5]
  const e = at.map(Math.exp)
  const found = numbersOf([dx!, dinner!, droot!], { x: at })
  expectWithin(found[0]!, [2 * e[0]! ** 2, 2 * e[1]! ** 2], { tolerance: 1e-14, name: 'dx' })
  expectWithin(found[1]!, [2 * e[0]!, 2 * e[1]!], { tolerance: 1e-14, name: 'inner' })
  expect(found[2]).toEqual([1, 1])
})

test('an output of a node with several is a target like any other', () => {
  const start = input('x', [4])
  const [left, right] = split(start, 0, [2, 2]) as [Value, Value]
  const [dleft, dright, dx] = gradients(mul(left, right), ones(), [left, right, start])
  expect(numbersOf([dleft!, dright!, dx!], { x: [1, 2, 3, 4] })).toEqual([
    [3, 4],
    [1, 2],
    [3, 4, 1, 2]
  ])
})

test('a target that the root does not depend on is an error, which names it', () => {
  const [one, other] = [x(), input('other', [2])]
  expect(() => gradients(exp(one), ones(), [one, other])).toThrow(
    'The root does not depend on target 1 (Input).'
  )
  // Nothing flows through an indicator, whatever it is of.
  expect(() => gradients(indicator(exp(one)), ones(), [one])).toThrow('target 0')
  const beside = log(one)
  expect(() => gradients(exp(one), ones(), [beside])).toThrow('target 0 (Log)')
})

test('what no target needs is not differentiated', () => {
  const [one, other] = [x(), input('other', [2])]
  const [dx] = gradients(mul(exp(one), exp(other)), ones(), [one])
  const exponentials = topological([dx!]).filter(({ op }) => op === 'Exp')
  expect(exponentials.length).toBe(2)
  expect(numbersOf([dx!], { x: [0, 0], other: [0, 0] })).toEqual([[1, 1]])
})

test('equal maxima share the gradient evenly, and relu has none at zero', () => {
  const start = input('x', [2, 3])
  const [dmax] = gradients(reduceMax(start, [1]), constant([6, 1], [2]), [start])
  expect(numbersOf([dmax!], { x: [2, 5, 5, -1, -1, -1] })).toEqual([[0, 3, 3, 1 / 3, 1 / 3, 1 / 3]])
  const [drelu] = gradients(relu(start), constant(new Array<number>(6).fill(2), [2, 3]), [start])
  expect(numbersOf([drelu!], { x: [-1, 0, 1, 0, 3, -2] })).toEqual([[0, 0, 2, 0, 2, 0]])
})

test('gradients of gradients are those of the second derivative', () => {
  const start = x()
  const [first] = gradients(mul(exp(start), start), ones(), [start])
  const [second] = gradients(first!, ones(), [start])
  // (x eˣ)'' = (x + 2) eˣ
  const at = [0.5, -3]
  const expected = at.map((each) => (each + 2) * Math.exp(each))
  expectWithin(numbersOf([second!], { x: at })[0]!, expected, { tolerance: 1e-14, name: 'd²x' })
  expect(sizeOf(second!.shape)).toBe(2)
})
