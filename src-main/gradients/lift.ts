/** Lifts what flows back to a model's looked-up words to gradients by their embeddings. */
import type { Executable, Executor, Tensors } from '../executors/executor.ts'
import { inputsOf } from '../graph/ir.ts'
import { liftGraph, looksUpEmbeddings } from '../models/graphs.ts'
import type { Model } from '../models/model.ts'

/** Rows of one run: the graph has fixed sizes. */
const chunk = 640

export class Lift {
  /** n, the numbers that flow back to a position. */
  readonly flowSize: number
  readonly #size: number
  /** Whether what flows back is the gradient itself. */
  readonly #isPlain: boolean
  readonly #compile: () => Promise<Executable>
  #compiled: Promise<Executable> | undefined

  /** `constants` are the weights of the checkpoint. */
  constructor(model: Model, constants: Tensors, executor: Executor) {
    const graph = liftGraph(model, chunk)
    this.flowSize = inputsOf(graph).get('flow')!.shape[1]!
    this.#size = model.embeddingSize
    this.#isPlain = looksUpEmbeddings(model)
    this.#compile = () => executor.compile(graph, { constants })
  }

  /** An array for at least `count` rows to lift. */
  flowsFor(count: number): Float32Array {
    return new Float32Array(Math.ceil(count / chunk) * chunk * this.flowSize)
  }

  /** [count, embedding] of the first rows of `flows`, an array that `flowsFor` has made. */
  async lift(flows: Float32Array, count: number): Promise<Float32Array> {
    if (this.#isPlain) return flows.slice(0, count * this.#size)
    const executable = await (this.#compiled ??= this.#compile())
    const lifted = new Float32Array(count * this.#size)
    for (let start = 0; start < count; start += chunk) {
      const flow = flows.subarray(start * this.flowSize, (start + chunk) * this.flowSize)
      const { gradient } = await executable.run({ flow })
      const rows = Math.min(chunk, count - start)
      lifted.set(gradient!.subarray(0, rows * this.#size), start * this.#size)
    }
    return lifted
  }

  async dispose(): Promise<void> {
    const compiled = await this.#compiled
    await compiled?.dispose()
  }
}
