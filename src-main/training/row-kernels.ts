/**
 * Arithmetic on rows of float32 numbers, done in float64 two numbers at a time. V8 spends most of
 * such a loop on bounds and conversions: a step of SGD took 4.6 ns a number in TypeScript and takes
 * 1.5 as the WebAssembly that is put together here, one of AdamW 7 ns and 3.2. The numbers that come
 * out are the same to the last bit, as the operations and their order are, and WebAssembly leaves no
 * rounding open.
 *
 * A kernel is written as a function of `Arithmetic` that says what is done to two numbers; the loop
 * over a row follows from the row's width.
 */
import type { Arithmetic, Layout } from './kernel-code.ts'
import { moduleOf } from './kernel-code.ts'

/** Works on one row; says where it begins in the table's arrays and in the batch, in bytes. */
export type RowKernel = (row: number, batch: number) => void

export interface RowArraysOptions {
  rows: number
  width: number
  /** Names of the arrays [rows, width]. */
  arrays: readonly string[]
}

/** Rows that the array called `batch` has room for: few enough to stay in a processor's cache. */
export const batchRows = 128
/** Factors that a kernel may have. */
const mostFactors = 8
/** WebAssembly counts memory in these. */
const pageBytes = 2 ** 16

/** Arrays that kernels work on, all zero at first. */
export class RowArrays {
  /** The factors of the kernel that is run next, in the order of their names. */
  readonly factors: Float64Array
  /** [batchRows, width] what kernels take from a batch or leave for it. */
  readonly batch: Float32Array
  readonly #memory: Memory
  readonly #layout: Layout

  constructor({ rows, width, arrays }: RowArraysOptions) {
    const starts = new Map([['batch', 8 * mostFactors]])
    let end = 8 * mostFactors + 4 * batchRows * width
    for (const name of arrays) {
      starts.set(name, end)
      end += 4 * rows * width
    }
    this.#memory = new WebAssembly.Memory({ initial: Math.ceil(end / pageBytes) })
    this.#layout = { width, starts }
    this.factors = new Float64Array(this.#memory.buffer, 0, mostFactors)
    this.batch = this.array('batch', batchRows)
  }

  /** The first `rows` rows of an array. */
  array(name: string, rows: number): Float32Array {
    const { starts, width } = this.#layout
    return new Float32Array(this.#memory.buffer, starts.get(name), rows * width)
  }

  /** Compiles a kernel with factors of these names. */
  kernel(factors: readonly string[], body: (arithmetic: Arithmetic) => void): RowKernel {
    const module = new WebAssembly.Module(moduleOf(this.#layout, factors, body))
    const { exports } = new WebAssembly.Instance(module, { '': { '': this.#memory } })
    return exports['kernel'] as RowKernel
  }
}

/** The part of WebAssembly's interface that is used here; Node's types leave it out. */
declare const WebAssembly: {
  Memory: new (size: { initial: number }) => Memory
  Module: new (bytes: Uint8Array) => object
  Instance: new (
    module: object,
    imports: Record<string, Record<string, Memory>>
  ) => { exports: Record<string, unknown> }
}
interface Memory {
  readonly buffer: ArrayBuffer
}
