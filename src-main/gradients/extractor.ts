/** Per-example gradients of a trained model, by one backward pass a batch to the embedded words. */
import { throwIfCancelled } from '../errors.ts'
import type { Executor, Tensors } from '../executors/executor.ts'
import type { LookUp } from '../models/batch-runner.ts'
import { BatchRunner, lookUpIn } from '../models/batch-runner.ts'
import { inputGradientGraph, mapGraph } from '../models/graphs.ts'
import type { Model } from '../models/model.ts'
import { embeddingName } from '../models/parameters.ts'
import type { EncodedTexts } from '../tokens/encode.ts'
import { textAt } from '../tokens/encode.ts'
import { Lift } from './lift.ts'
import type { Positions, WordGradients } from './word-gradients.ts'
import { mostPositions, ruleOf, sumByWord } from './word-gradients.ts'

/** Texts with the class at which each one's loss is taken. */
export interface LabelledTexts {
  readonly texts: EncodedTexts
  readonly classes: ArrayLike<number>
}

/** What a text's loss says at one checkpoint. */
export interface ExampleGradients extends WordGradients {
  /** Index of the text. */
  readonly index: number
  /** Input of the last layer, and gradient of the loss by logits: their outer product is its weight's gradient. */
  readonly features: Float32Array
  readonly logitGradient: Float32Array
}

/** Extracts gradients at one checkpoint, whose weights are built into the compiled graphs. */
export class GradientExtractor {
  readonly #model: Model
  readonly #runner: BatchRunner
  readonly #lift: Lift
  /** What a batch is given of its words. */
  readonly #words: () => Promise<{ lookUp: LookUp } | { feeds: Tensors }>
  /** Sums of what flows back, by text and word, before they are lifted. */
  #flows: Float32Array = new Float32Array(0)
  readonly #rows: number
  /** The batch under way: the buffers serve one at a time, however many ask. */
  #underWay: Promise<unknown> = Promise.resolve()

  /** `rows` are the texts of a batch: a batch takes its time however few there are. */
  constructor(
    model: Model,
    parameters: Tensors,
    executor: Executor,
    { rows = model.extractionRows } = {}
  ) {
    const { [embeddingName]: table, ...constants } = parameters
    this.#model = model
    this.#rows = rows
    // A few texts have fewer words than it takes to map the vocabulary.
    const mapsAll = rows > 1
    if (mapsAll) this.#words = lazily(() => mapWords(model, table!, { constants, executor }))
    else {
      const lookUp = lookUpIn(table!, model.embeddingSize)
      this.#words = () => Promise.resolve({ lookUp })
    }
    this.#runner = new BatchRunner({
      model,
      executor,
      graph: (model, batch) => inputGradientGraph(model, batch, mapsAll ? 'mapped' : 'vectors'),
      rows,
      constants,
      ...(mapsAll && { vocabulary: table!.length / model.embeddingSize })
    })
    this.#lift = new Lift(model, constants, executor)
  }

  /** The rule by which positions count, where so many do. */
  ruleFor(positions: number): string {
    return ruleOf(positions, this.#model.marksEnds)
  }

  /** The gradients of the texts of these indices, batch by batch, by length and not in their order. */
  async *extract(
    { texts, classes }: LabelledTexts,
    indices: readonly number[],
    { positions, signal }: { positions: Positions; signal?: AbortSignal | undefined }
  ): AsyncGenerator<ExampleGradients[]> {
    const length = (i: number) => texts.offsets[i + 1]! - texts.offsets[i]!
    const order = indices.toSorted((a, b) => length(a) - length(b) || a - b)
    for (let start = 0; start < order.length; start += this.#rows) {
      const batch = order.slice(start, start + this.#rows)
      const turn = this.#underWay.then(() => {
        throwIfCancelled(signal)
        return this.#extractBatch({ texts, classes }, batch, positions)
      })
      this.#underWay = turn.catch(() => undefined)
      yield await turn
    }
  }

  async #extractBatch(
    { texts, classes }: LabelledTexts,
    batch: readonly number[],
    positions: Positions
  ): Promise<ExampleGradients[]> {
    const size = this.#model.embeddingSize
    const encoded = batch.map((index) => textAt(texts, index))
    const prepared = await this.#runner.prepare(encoded)
    const results = await this.#runner.run(prepared, {
      classes: batch.map((index) => classes[index]!),
      ...(await this.#words())
    })
    const ids = encoded.map((text) => text.ids)
    const words = this.#sumByWord(ids, prepared.tokens, { results, positions })
    const count = words.reduce((sum, { length }) => sum + length, 0)
    const vectors = await this.#lift.lift(this.#flows, count)
    const rowOf = (name: string, row: number) => {
      const width = results[name]!.length / this.#rows
      return results[name]!.slice(row * width, (row + 1) * width)
    }
    let slot = 0
    return batch.map((index, row) => ({
      index,
      features: rowOf('features', row),
      logitGradient: rowOf('logitGradient', row),
      words: words[row]!,
      vectors: vectors.subarray(slot * size, (slot += words[row]!.length) * size)
    }))
  }

  /** The words of each text; what flows back to them is left in `#flows`, text by text. */
  #sumByWord(
    ids: readonly Int32Array[],
    tokens: number,
    { results, positions }: { results: Tensors; positions: Positions }
  ): number[][] {
    const size = this.#lift.flowSize
    const { padId, marksEnds } = this.#model
    const kept = positions === 'all' ? tokens : mostPositions(positions, marksEnds)
    const most = this.#rows * Math.min(kept, tokens)
    if (this.#flows.length < most * size) this.#flows = this.#lift.flowsFor(most)
    const [flow, squaredNorms] = [results['flow']!, results['squaredNorms']!]
    const given = { padId, marksEnds, flow, size, squaredNorms }
    let slot = 0
    return ids.map((text, row) => {
      const words = sumByWord(
        text,
        given,
        { at: row * tokens, positions },
        { into: this.#flows, slot }
      )
      slot += words.length
      return words
    })
  }

  async dispose(): Promise<void> {
    await this.#runner.dispose()
    await this.#lift.dispose()
  }
}

/** What every word of the vocabulary is mapped to, as the weights stay the same. */
async function mapWords(
  model: Model,
  table: Float32Array,
  { constants, executor }: { constants: Tensors; executor: Executor }
): Promise<{ feeds: Tensors }> {
  const graph = mapGraph(model, table.length / model.embeddingSize)
  const executable = await executor.compile(graph, { constants })
  const feeds = await executable.run({ vectors: table })
  await executable.dispose()
  return { feeds }
}

function lazily<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => (made ??= make())
}

/** All gradients of a few texts, in the order of `indices`. */
export async function extractAll(
  extractor: GradientExtractor,
  texts: LabelledTexts,
  indices: readonly number[],
  positions: Positions
): Promise<ExampleGradients[]> {
  const found = new Map<number, ExampleGradients>()
  for await (const batch of extractor.extract(texts, indices, { positions })) {
    for (const gradients of batch) found.set(gradients.index, gradients)
  }
  return indices.map((index) => found.get(index)!)
}
