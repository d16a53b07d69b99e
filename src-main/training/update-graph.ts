/**
 * An optimizer's step as a graph, for parameters that stay on a device. It is written by the same rule
 * as the kernels that do it on the host (`dense-states.ts`), in float32 where they have float64.
 *
 * With g all gradients of a step, those of words among them, each is scaled by
 * limit / max(‖g‖ + 1e-6, limit), as `clip` does.
 */
import {
  add,
  constant,
  div,
  input,
  mul,
  reduceSum,
  relu,
  reshape,
  split,
  sqrt,
  sub
} from '../graph/build.ts'
import type { Graph, Value } from '../graph/ir.ts'
import type { ParameterSpec } from '../models/model.ts'
import type { DenseRule } from './dense-states.ts'

/** Name of the output that holds what a tensor becomes: inputs and outputs share no name. */
export const nextName = (name: string) => `next ${name}`

/** Name of what an optimizer keeps of a parameter. */
export const stateName = (parameter: string, array: string) => `${parameter}.${array}`

export interface UpdateOptions {
  rule: DenseRule
  /** Name of the input that holds the gradient of a parameter. */
  gradientName: (parameter: string) => string
  /** Largest norm of all gradients together; none unless given. */
  clipNorm: number | null
}

/**
 * From parameters, gradients and what the optimizer keeps to what they become. Beside those it is fed
 * `factors`: the rule's for parameters that decay and for those that do not, and, where gradients are
 * clipped, the squared norm of the words'; `scale` [1] is then what those are to be scaled by.
 */
export function updateGraph(trained: readonly ParameterSpec[], options: UpdateOptions): Graph {
  const { rule, gradientName, clipNorm } = options
  const given = new Map(
    trained.map(({ name, shape }) => [name, input(gradientName(name), shape)] as const)
  )
  const scalars = factorInputs(rule, clipNorm !== null)
  const outputs: Record<string, Value> = {}
  const scale =
    clipNorm === null ? undefined : scaleOf([...given.values()], scalars.wordSquares!, clipNorm)
  if (scale) outputs['scale'] = scale
  for (const { name, shape, decays = true } of trained) {
    const gradient = given.get(name)!
    const factors = decays ? scalars.decaying : scalars.plain
    const nameOf = (array: string) => (array === 'weights' ? name : stateName(name, array))
    const clipped = scale ? mul(gradient, scale) : gradient
    const loaded = new Map<string, Value>([['batch', clipped]])
    rule.write<Value>({
      load(array) {
        const known = loaded.get(array) ?? input(nameOf(array), shape)
        loaded.set(array, known)
        return known
      },
      store(array, value) {
        loaded.set(array, value)
        outputs[nextName(nameOf(array))] = value
      },
      factor: (factor) => factors[rule.factors.indexOf(factor)]!,
      constant: (value) => constant([value]),
      ...{ add, sub, mul, div, sqrt }
    })
  }
  return { name: 'update', outputs }
}

/** What the graph is fed as `factors`, for this step. */
export function factorsOf(rule: DenseRule, wordSquares: number | null): Float32Array {
  const both = [true, false].flatMap((decays) => [...rule.of({ size: 0, decays })])
  return Float32Array.from(wordSquares === null ? both : [...both, wordSquares])
}

/** The parts of `factors`, each [1]. */
function factorInputs(rule: DenseRule, isClipped: boolean) {
  const each = rule.factors.length
  const count = 2 * each + (isClipped ? 1 : 0)
  const all = split(input('factors', [count]), 0, new Array<number>(count).fill(1))
  return { decaying: all.slice(0, each), plain: all.slice(each), wordSquares: all[2 * each] }
}

function scaleOf(gradients: readonly Value[], wordSquares: Value, limit: number): Value {
  const squares = gradients.map(sumOfSquares).reduce(add, wordSquares)
  const norm = add(sqrt(squares), constant([1e-6]))
  // The larger of the norm and the limit: a norm far above it loses no digits so.
  const most = add(constant([limit]), relu(sub(norm, constant([limit]))))
  return div(constant([limit]), most)
}

/** [1]. Along the last axis first, so that rows are summed side by side. */
function sumOfSquares(x: Value): Value {
  const rows = reduceSum(mul(x, x), [x.shape.length - 1])
  const axes = rows.shape.map((_, axis) => axis)
  return reshape(reduceSum(rows, axes), [1])
}
