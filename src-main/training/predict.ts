/** Predictions of a trained model. */
import { throwIfCancelled } from '../errors.ts'
import type { DeviceMemory, Executor, Tensors } from '../executors/executor.ts'
import { readingExecutor, untilKept } from '../executors/kept-inputs.ts'
import { BatchRunner, lookUpIn } from '../models/batch-runner.ts'
import { predictGraph } from '../models/graphs.ts'
import type { Model } from '../models/model.ts'
import { embeddingName } from '../models/parameters.ts'
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
  readonly #executor: Executor
  readonly #rows = 64
  #host: Place | undefined
  #device: Place | undefined

  constructor(model: Model, executor: Executor) {
    this.#model = model
    this.#executor = executor
  }

  /** Probabilities [texts, classes] of every text; all over again elsewhere where a device fails. */
  predict(texts: EncodedTexts, parameters: Tensors, signal?: AbortSignal): Promise<Float32Array> {
    return untilKept(() => this.#predictAt(this.#place, texts, { parameters, signal }))
  }

  async dispose(): Promise<void> {
    for (const place of [this.#host, this.#device]) {
      await place?.runner.dispose()
      await place?.memory?.dispose()
    }
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
    const lookUp = lookUpIn(parameters[embeddingName]!, this.#model.embeddingSize)
    await memory?.write(...this.#dense(parameters))
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

  get #place(): Place {
    const open = this.#executor.openMemory
    if (!open) return (this.#host ??= { runner: this.#runnerOn(this.#executor) })
    if (this.#device) return this.#device
    const memory = open()
    const names = this.#model.parameters.map(({ name }) => name)
    return (this.#device = { runner: this.#runnerOn(readingExecutor(memory, names)), memory })
  }

  /** The parameters that graphs read, and their shapes. */
  #dense(parameters: Tensors): Parameters<DeviceMemory['write']> {
    const { parameters: specs } = this.#model
    return [
      Object.fromEntries(specs.map(({ name }) => [name, parameters[name]!])),
      Object.fromEntries(specs.map(({ name, shape }) => [name, shape]))
    ]
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
