/**
 * An optimizer's step as graphs, for numbers that stay on a device: one for the parameters that each
 * step changes as a whole, one for the rows of the table that a step touches. They are written by the
 * same rules as the kernels that do it on the host (`dense-states.ts`, `sparse-table.ts`), in float32
 * where those have float64. So the square of a gradient below 3e-18 of a table's row is lost, and with
 * it a step that, as the table's ε is 0, would have been a whole one.
 *
 * With g all gradients of a step, those of words among them, each is scaled by
 * limit / max(‖g‖ + 1e-6, limit), as `clip` does.
 */
import {
  add,
  constant,
  div,
  gather,
  indicator,
  input,
  mul,
  reduceSum,
  relu,
  reshape,
  setRows,
  split,
  sqrt,
  sub
} from '../graph/build.ts'
import type { Graph, Shape, Value } from '../graph/ir.ts'
import type { ParameterSpec } from '../models/model.ts'
import { embeddingName } from '../models/parameters.ts'
import type { DenseRule } from './dense-states.ts'
import type { Arithmetic } from './kernel-code.ts'
import type { RowLedger, RowRule } from './sparse-table.ts'
import { caughtUp } from './sparse-table.ts'

/** Name of the output that holds what a tensor becomes: inputs and outputs share no name. */
export const nextName = (name: string) => `next ${name}`

/** Name of what an optimizer keeps of a parameter. */
export const stateName = (parameter: string, array: string) => `${parameter}.${array}`

/** Name of an array that a rule calls so: the parameter itself, or what is kept of it. */
const arrayName = (parameter: string, array: string) =>
  array === 'weights' ? parameter : stateName(parameter, array)

export interface UpdateOptions {
  rule: DenseRule
  /** Name of the input that holds the gradient of a parameter. */
  gradientName: (parameter: string) => string
  /** Largest norm of all gradients together; none unless given. */
  clipNorm: number | null
  /** Whether words have gradients too, whose squared norm is the input `wordSquares` [1]. */
  hasWords: boolean
}

/**
 * From parameters, gradients and what the optimizer keeps to what they become. Beside those it is fed
 * `factors`: the rule's for parameters that decay and for those that do not. Where gradients are
 * clipped, `scale` [1] is what those of words are to be scaled by.
 */
export function updateGraph(trained: readonly ParameterSpec[], options: UpdateOptions): Graph {
  const { rule, gradientName, clipNorm, hasWords } = options
  const given = new Map(
    trained.map(({ name, shape }) => [name, input(gradientName(name), shape)] as const)
  )
  const each = rule.factors.length
  const all = split(input('factors', [2 * each]), 0, new Array<number>(2 * each).fill(1))
  const outputs: Record<string, Value> = {}
  const wordSquares = hasWords ? [input('wordSquares', [1])] : []
  const squares = [...Array.from(given.values(), sumOfSquares), ...wordSquares]
  const scale = clipNorm === null ? undefined : scaleOf(squares.reduce(add), clipNorm)
  if (scale) outputs['scale'] = scale
  for (const { name, shape, decays = true } of trained) {
    const gradient = given.get(name)!
    const { load, store } = arraysOf(
      scale ? mul(gradient, scale) : gradient,
      (array) => input(arrayName(name, array), shape),
      (array, value) => (outputs[nextName(arrayName(name, array))] = value)
    )
    const factors = decays ? all.slice(0, each) : all.slice(each)
    const factor = (wanted: string) => factors[rule.factors.indexOf(wanted)]!
    rule.write<Value>({ ...arithmetic, load, store, factor })
  }
  return { name: 'update', outputs }
}

/** What the graph is fed as `factors`, for this step. */
export function factorsOf(rule: DenseRule): Float32Array {
  return Float32Array.from([true, false].flatMap((decays) => rule.of({ size: 0, decays })))
}

export interface RowUpdateOptions {
  rule: RowRule
  /** [words, embedding] */
  table: Shape
  /** Rows that a step touches at most. */
  room: number
  /** Whether the gradients are to be multiplied by an input `scale` [1]. */
  isScaled: boolean
}

/**
 * From the table, and what the optimizer keeps of its rows, to what they become where a step touches
 * the rows `ids` [room], with gradients `wordSum` [room, embedding] and `factors` (`rowFactors`).
 */
export function rowUpdateGraph({ rule, table, room, isScaled }: RowUpdateOptions): Graph {
  const ids = input('ids', [room])
  const names = ['owed', ...rule.step.factors]
  const columns = split(
    input('factors', [room, names.length]),
    1,
    names.map(() => 1)
  )
  const outputs: Record<string, Value> = {}
  const gradient = input('wordSum', [room, table[1]!])
  const whole = new Map(
    ['weights', ...rule.arrays].map((array) => [
      array,
      input(arrayName(embeddingName, array), table)
    ])
  )
  const { load, store } = arraysOf(
    isScaled ? mul(gradient, input('scale', [1])) : gradient,
    (array) => gather(whole.get(array)!, ids),
    (array, rows) => {
      const name = arrayName(embeddingName, array)
      outputs[nextName(name)] = setRows(whole.get(array)!, ids, rows)
    }
  )
  const factor = (wanted: string) => columns[names.indexOf(wanted)]!
  const write: Arithmetic<Value> = { ...arithmetic, load, store, factor }
  rule.step.write(write, caughtUp(write))
  return { name: 'row-update', outputs }
}

/** `vectors` [room, embedding]: the rows `ids` [room] of a table, moved by `owed` [room, 1] of theirs. */
export function lookUpGraph({ table, room, isTrained }: LookUpOptions): Graph {
  const ids = input('ids', [room])
  const load = (array: string) => gather(input(arrayName(embeddingName, array), table), ids)
  const factor = (name: string) => input(name, [room, 1])
  const vectors = isTrained ? caughtUp({ ...arithmetic, load, factor }) : load('weights')
  return { name: 'look-up', outputs: { vectors } }
}

export interface LookUpOptions extends Pick<RowUpdateOptions, 'table' | 'room'> {
  /** A table that is not is looked up as it is. */
  isTrained: boolean
}

/**
 * [rows, 1 + the rule's] what rows take of this step, to be `factors` of the graph; those beyond the
 * rows that are given stay as they are.
 */
export function rowFactors(
  { step: { factors, of } }: RowRule,
  ledger: RowLedger,
  rows: Int32Array,
  room: number
): Float32Array {
  const width = 1 + factors.length
  const all = new Float32Array(room * width)
  rows.forEach((row, n) => {
    const before = ledger.step - 1
    all.set([ledger.owed(row, before), ...of(ledger.age(row, before))], n * width)
  })
  return all
}

/** What rules are written with, but for the numbers that they are given. */
const arithmetic = {
  ...{ add, sub, mul, div, sqrt },
  constant: (value: number) => constant([value]),
  // What divides is made 1 where it is 0.
  quotient(a: Value, b: Value) {
    const isAbove0 = indicator(b)
    return mul(div(a, add(b, sub(constant([1]), isAbove0))), isAbove0)
  },
  rounded: (value: Value) => value
}

/** Arrays as a rule sees them: each as it is now, and the gradient as `batch`. */
function arraysOf(
  gradient: Value,
  read: (array: string) => Value,
  keep: (array: string, value: Value) => void
) {
  const loaded = new Map([['batch', gradient]])
  return {
    load(array: string): Value {
      const known = loaded.get(array) ?? read(array)
      loaded.set(array, known)
      return known
    },
    store(array: string, value: Value): void {
      loaded.set(array, value)
      keep(array, value)
    }
  }
}

function scaleOf(squares: Value, limit: number): Value {
  const norm = add(sqrt(squares), constant([1e-6]))
  // The larger of the norm and the limit: a norm far above it loses no digits so.
  const most = add(constant([limit]), relu(sub(norm, constant([limit]))))
  return div(constant([limit]), most)
}

/** [1]. Along the last axis first, so that rows are summed side by side. */
export function sumOfSquares(x: Value): Value {
  const rows = reduceSum(mul(x, x), [x.shape.length - 1])
  const axes = rows.shape.map((_, axis) => axis)
  return reshape(reduceSum(rows, axes), [1])
}
