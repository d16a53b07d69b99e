/** Predictions of a trained model. */
import { throwIfCancelled } from '../errors.ts'
import type { Executor, Tensors } from '../executors/executor.ts'
import { BatchRunner, lookUpIn } from '../models/batch-runner.ts'
import { predictGraph } from '../models/graphs.ts'
import type { Model } from '../models/model.ts'
import { embeddingName } from '../models/parameters.ts'
import type { EncodedTexts } from '../tokens/encode.ts'
import { textAt } from '../tokens/encode.ts'

/** Predicts texts; the compiled graphs are kept from one call to the next. */
export class Predictor {
  readonly #model: Model
  readonly #runner: BatchRunner
  readonly #rows = 64

  constructor(model: Model, executor: Executor) {
    this.#model = model
    this.#runner = new BatchRunner({ model, executor, graph: predictGraph, rows: this.#rows })
  }

  /** Probabilities [texts, classes] of every text. */
  async predict(
    texts: EncodedTexts,
    parameters: Tensors,
    signal?: AbortSignal
  ): Promise<Float32Array> {
    const count = texts.offsets.length - 1
    const { classes } = this.#model
    const probabilities = new Float32Array(count * classes)
    const lengthOf = (i: number) => texts.offsets[i + 1]! - texts.offsets[i]!
    const order = Array.from({ length: count }, (_, i) => i).sort(
      (a, b) => lengthOf(a) - lengthOf(b) || a - b
    )
    const lookUp = lookUpIn(parameters[embeddingName]!, this.#model.embeddingSize)
    for (let start = 0; start < count; start += this.#rows) {
      throwIfCancelled(signal)
      const batch = order.slice(start, start + this.#rows)
      const prepared = await this.#runner.prepare(batch.map((index) => textAt(texts, index)))
      const results = await this.#runner.run(prepared, { lookUp, feeds: parameters })
      batch.forEach((index, n) => {
        const logits = results['logits']!.subarray(n * classes, (n + 1) * classes)
        softmaxInto(logits, probabilities.subarray(index * classes, (index + 1) * classes))
      })
    }
    return probabilities
  }

  async dispose(): Promise<void> {
    await this.#runner.dispose()
  }
}

function softmaxInto(logits: Float32Array, into: Float32Array): void {
  const peak = logits.reduce((a, b) => Math.max(a, b), -Infinity)
  let sum = 0
  for (let i = 0; i < logits.length; i++) sum += into[i] = Math.exp(logits[i]! - peak)
  for (let i = 0; i < logits.length; i++) into[i]! /= sum
}
