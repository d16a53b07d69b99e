/** The operators' cases, `test/parity/cases/OP.json`, which `test/parity/ops.py` makes. */
import { readdirSync, readFileSync } from 'node:fs'
import { apply, input } from '../../src-main/graph/build.ts'
import type { Attributes, OpName, Shape, Value } from '../../src-main/graph/ir.ts'
import { ops } from '../../src-main/graph/ops.ts'

interface CaseTensor {
  shape: Shape
  data: readonly number[]
}

export interface OpCase {
  op: OpName
  note: string
  attributes: Attributes[OpName]
  inputs: readonly CaseTensor[]
  outputs: readonly CaseTensor[]
  /** Why the case has no gradient, where it has none. */
  kink?: string
}

const folder = new URL('../parity/cases/', import.meta.url)

/** Every operator but Input, which computes nothing. */
export const computingOps = (Object.keys(ops) as OpName[]).filter((op) => op !== 'Input')

/** Inputs that hold indices, which have no gradient: places by operator. */
const indexInputs: Partial<Record<OpName, number>> = { Gather: 1, ScatterND: 0, SetRows: 1 }

/** The places of the inputs that have a gradient. */
export function realInputs({ op, inputs }: OpCase): number[] {
  return [...inputs.keys()].filter((place) => place !== indexInputs[op])
}

/** The operators that have a file of cases, and whatever else has one. */
export const filedOps = readdirSync(folder).map((file) => file.replace(/\.json$/, ''))

/** The cases of one operator; none if there is no file, which a test of its own reports. */
export function casesOf(op: OpName): OpCase[] {
  if (!filedOps.includes(op)) return []
  return JSON.parse(readFileSync(new URL(`${op}.json`, folder), 'utf8')) as OpCase[]
}

/** The operator applied to inputs `x0`, `x1`, …, with a prefix, and what to feed those. */
export function buildCase({ op, attributes, inputs }: OpCase, prefix = '') {
  const values = inputs.map(({ shape }, i) => input(`${prefix}x${i}`, shape))
  const outputs: readonly Value[] = apply(op, values, attributes)
  const feeds = Object.fromEntries(inputs.map(({ data }, i) => [`${prefix}x${i}`, data]))
  return { inputs: values, outputs, feeds }
}

/** Values as the outputs of a graph, by a prefix and their place. */
export function numbered(prefix: string, values: readonly Value[]): Record<string, Value> {
  return Object.fromEntries(values.map((value, i) => [`${prefix}${i}`, value]))
}

/** All cases of one operator in one graph, each under the names of its prefix, and what to feed it. */
export function casesAtOnce(op: OpName) {
  const cases = casesOf(op).map((given, n) => {
    const prefix = `case${n}.`
    return { ...given, prefix, built: buildCase(given, prefix) }
  })
  const outputs = cases.map(({ prefix, built }) => numbered(`${prefix}y`, built.outputs))
  return {
    cases,
    graph: { name: op, outputs: merged(outputs) },
    feeds: merged(cases.map(({ built }) => built.feeds))
  }
}

function merged<T>(records: readonly Readonly<Record<string, T>>[]): Record<string, T> {
  return Object.fromEntries(records.flatMap((record) => Object.entries(record)))
}
