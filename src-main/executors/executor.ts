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
  /**
   * Opens a memory of the device. Absent where tensors are with the host anyway, or cannot stay on
   * the device; it may go away when that fails.
   */
  readonly openMemory?: (() => DeviceMemory) | undefined
}

/**
 * Tensors that stay where an executor computes, by name. The way from the host and back costs more
 * than a step of a small model does, so training keeps there what only its steps read and change.
 */
export interface DeviceMemory {
  /** Bytes that one tensor may have on any such device. */
  readonly largestTensor: number
  /** Takes copies of tensors, each in place of the one that had its name. */
  write(tensors: Tensors, shapes: Readonly<Record<string, Shape>>): Promise<void>
  /** Copies tensors to new arrays of the host. */
  read(names: readonly string[]): Promise<Tensors>
  /** Compiles a graph that works on them; they are none of the executable's inputs and outputs. */
  compile(graph: Graph, kept: KeptTensors): Promise<Executable>
  /** Frees the tensors and all that was compiled for them. */
  dispose(): Promise<void>
}

/** What a graph reads and writes of a device's memory. */
export interface KeptTensors {
  /** Inputs that are the kept tensors of their names. */
  readonly reads: readonly string[]
  /** By output, the name of the kept tensor that it becomes when the run has ended. */
  readonly writes: Readonly<Record<string, string>>
}

/** A device failed and took what it kept with it: whoever trained there has to go back. */
export class StateLost extends Error {}
