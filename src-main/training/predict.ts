/** Predictions of a trained model. */
import { throwIfCancelled } from '../errors.ts'
import type { DeviceMemory, Executor, Tensors } from '../executors/executor.ts'
import { Places, readingExecutor, untilKept } from '../executors/kept-inputs.ts'
import { BatchRunner, lookUpIn } from '../models/batch-runner.ts'
import { predictGraph } from '../models/graphs.ts'
import type { Model } from '../models/model.ts'
import { embeddingName, shapesOfParameters } from '../models/parameters.ts'
import type { EncodedTexts } from '../tokens/encode.ts'
import { textAt } from '../tokens/encode.ts'

/** Where predictions are worked out: a device may keep the parameters meanwhile. */
interface Place {
  runner: BatchRunner
  memory?: DeviceMemory
}

/** Predicts texts; the compiled graphs are kept from one call to the next. */
export class Predictor {
  readonly #model: Model
  readonly #rows = 64
  readonly #places: Places<Place>

  constructor(model: Model, executor: Executor) {
    this.#model = model
    const names = model.parameters.map(({ name }) => name)
    this.#places = new Places(executor, (memory) =>
      memory
        ? { runner: this.#runnerOn(readingExecutor(memory, names)), memory }
        : { runner: this.#runnerOn(executor) }
    )
  }

  /** Probabilities [texts, classes] of every text; all over again elsewhere where a device fails. */
  predict(texts: EncodedTexts, parameters: Tensors, signal?: AbortSignal): Promise<Float32Array> {
    return untilKept(() => this.#predictAt(this.#places.current, texts, { parameters, signal }))
  }

  async dispose(): Promise<void> {
    await this.#places.dispose(({ runner }) => runner.dispose())
  }

  async #predictAt(
    { runner, memory }: Place,
    texts: EncodedTexts,
    { parameters, signal }: { parameters: Tensors; signal: AbortSignal | undefined }
  ): Promise<Float32Array> {
    const count = texts.offsets.length - 1
    const { classes } = this.#model
    const probabilities = new Float32Array(count * classes)
    const lengthOf = (i: number) => texts.offsets[i + 1]! - texts.offsets[i]!
    const order = Array.from({ length: count }, (_, i) => i).sort(
      (a, b) => lengthOf(a) - lengthOf(b) || a - b
    )
    const { [embeddingName]: table, ...dense } = parameters
    const lookUp = lookUpIn(table!, this.#model.embeddingSize)
    await memory?.write(dense, shapesOfParameters(this.#model))
    const feeds = memory ? {} : parameters
    for (let start = 0; start < count; start += this.#rows) {
      throwIfCancelled(signal)
      const batch = order.slice(start, start + this.#rows)
      const prepared = await runner.prepare(batch.map((index) => textAt(texts, index)))
      const results = await runner.run(prepared, { lookUp, feeds })
      batch.forEach((index, n) => {
        const logits = results['logits']!.subarray(n * classes, (n + 1) * classes)
        softmaxInto(logits, probabilities.subarray(index * classes, (index + 1) * classes))
      })
    }
    return probabilities
  }

  #runnerOn(executor: Executor): BatchRunner {
    return new BatchRunner({ model: this.#model, executor, graph: predictGraph, rows: this.#rows })
  }
}

function softmaxInto(logits: Float32Array, into: Float32Array): void {
  const peak = logits.reduce((a, b) => Math.max(a, b), -Infinity)
  let sum = 0
  for (let i = 0; i < logits.length; i++) sum += into[i] = Math.exp(logits[i]! - peak)
  for (let i = 0; i < logits.length; i++) into[i]! /= sum
}
