/**
 * Runs one of a model's graphs over batches of texts: pads them to a common length, looks up their
 * embeddings, and keeps a compiled graph and its buffers for every length that occurs.
 */
import type { Executable, Executor, Tensors } from '../executors/executor.ts'
import type { Graph } from '../graph/ir.ts'
import { sizeOf } from '../graph/ir.ts'
import type { BatchShape, Model } from './model.ts'

export interface BatchRunnerOptions {
  model: Model
  executor: Executor
  /** One of the functions of `graphs.ts`. */
  graph: (model: Model, shape: BatchShape) => Graph
  /** Rows of every batch; a smaller one is filled up with copies of nothing but [PAD]. */
  rows: number
  /** Parameters that stay the same for the life of the runner. */
  constants?: Tensors
}

interface Compiled {
  executable: Executable
  embedded: Float32Array
  derived: Tensors
  target: Float32Array
  results: Tensors
}

/** The length to which texts of up to `length` tokens are padded: few enough to compile for each. */
export function paddedLength(length: number): number {
  const step = length <= 64 ? 8 : length <= 128 ? 16 : length <= 256 ? 32 : 64
  return Math.ceil(length / step) * step
}

export class BatchRunner {
  readonly #options: BatchRunnerOptions
  readonly #compiled = new Map<number, Compiled>()
  readonly #lengths: Int32Array

  constructor(options: BatchRunnerOptions) {
    this.#options = options
    this.#lengths = new Int32Array(options.rows)
  }

  /** The padded length of a text in a batch of this model. */
  tokensFor(length: number): number {
    return paddedLength(Math.max(length, this.#options.model.minimumTokens))
  }

  /**
   * Runs one batch of at most `rows` texts with the rows of the embedding table. `classes` are what
   * the losses are taken at, where the graph has losses. The results are overwritten by the next
   * batch of the same length; `embedded` results are [rows, tokens, size].
   */
  async run(
    texts: readonly Int32Array[],
    table: Float32Array,
    { classes, feeds }: { classes?: readonly number[]; feeds?: Tensors } = {}
  ): Promise<{ tokens: number; results: Tensors }> {
    const longest = texts.reduce((length, ids) => Math.max(length, ids.length), 0)
    const tokens = this.tokensFor(longest)
    const compiled = await this.#compile(tokens)
    this.#fill(compiled, texts, { table, tokens })
    if (classes) this.#fillTarget(compiled.target, classes)
    const { embedded, derived, target, results, executable } = compiled
    await executable.run({ ...feeds, ...derived, embedded, target }, results)
    return { tokens, results }
  }

  async dispose(): Promise<void> {
    for (const { executable } of this.#compiled.values()) await executable.dispose()
    this.#compiled.clear()
  }

  async #compile(tokens: number): Promise<Compiled> {
    const known = this.#compiled.get(tokens)
    if (known) return known
    const { model, executor, graph, rows, constants } = this.#options
    const shape = { rows, tokens }
    const executable = await executor.compile(graph(model, shape), constants ? { constants } : {})
    const compiled = {
      executable,
      embedded: new Float32Array(rows * tokens * model.embeddingSize),
      derived: Object.fromEntries(
        model.derivedInputs.map(({ name, shape: of }) => [
          name,
          new Float32Array(sizeOf(of(shape)))
        ])
      ),
      target: new Float32Array(rows * model.classes),
      results: Object.fromEntries(
        Object.entries(executable.outputShapes).map(([name, of]) => [
          name,
          new Float32Array(sizeOf(of))
        ])
      )
    }
    this.#compiled.set(tokens, compiled)
    return compiled
  }

  #fill(
    { embedded, derived }: Compiled,
    texts: readonly Int32Array[],
    { table, tokens }: { table: Float32Array; tokens: number }
  ): void {
    const { model, rows } = this.#options
    const size = model.embeddingSize
    for (let row = 0; row < rows; row++) {
      const ids = texts[row]
      this.#lengths[row] = ids?.length ?? 0
      let at = row * tokens * size
      for (let i = 0; ids && i < ids.length; i++, at += size) {
        // `set` of a view copies four times as fast as a loop over 128 numbers does.
        embedded.set(table.subarray(ids[i]! * size, (ids[i]! + 1) * size), at)
      }
      embedded.fill(0, at, (row + 1) * tokens * size)
    }
    for (const extra of model.derivedInputs) {
      extra.fill(derived[extra.name]!, this.#lengths, { rows, tokens })
    }
  }

  #fillTarget(target: Float32Array, classes: readonly number[]): void {
    const count = this.#options.model.classes
    target.fill(0)
    classes.forEach((label, row) => (target[row * count + label] = 1))
  }
}
