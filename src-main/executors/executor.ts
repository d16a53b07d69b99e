/** What every executor offers: compile a graph once, run it many times. */
import type { Graph, Shape } from '../graph/ir.ts'

/** Tensors by name. The numbers are in row-major order. */
export type Tensors = Record<string, Float32Array>

/** A compiled graph. It owns buffers; `dispose` frees them. */
export interface Executable {
  /** Shapes of the inputs and outputs, by name. */
  readonly inputShapes: Readonly<Record<string, Shape>>
  readonly outputShapes: Readonly<Record<string, Shape>>
  /**
   * Runs the graph. With `into`, results are written to those arrays (and returned); an array must
   * not be among the feeds as well. Without, they are in arrays that the next run may overwrite.
   */
  run(feeds: Tensors, into?: Tensors): Promise<Tensors>
  dispose(): Promise<void>
}

export interface CompileOptions {
  /** Inputs whose values never change for this executable: folded into it as constants. */
  constants?: Tensors
}

export interface Executor {
  readonly name: string
  compile(graph: Graph, options?: CompileOptions): Promise<Executable>
}
