/** Per-example gradients of a trained model, by one backward pass a batch to the embedded words. */
import { throwIfCancelled } from '../errors.ts'
import type { DeviceMemory, Executor, Tensors } from '../executors/executor.ts'
import { Places, readingExecutor, untilKept } from '../executors/kept-inputs.ts'
import type { LookUp } from '../models/batch-runner.ts'
import { BatchRunner, lookUpIn } from '../models/batch-runner.ts'
import type { GivenWords } from '../models/embedded-tokens.ts'
import { inputGradientGraph, looksUpEmbeddings, mapGraph } from '../models/graphs.ts'
import type { Model } from '../models/model.ts'
import { embeddingName, shapesOfParameters } from '../models/parameters.ts'
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

/** Extracts gradients at one checkpoint, whose weights are built into the compiled graphs, or kept. */
export class GradientExtractor {
  readonly #model: Model
  readonly #table: Float32Array
  /** The weights but the table. */
  readonly #constants: Tensors
  readonly #executor: Executor
  readonly #lift: Lift
  readonly #places: Places<Promise<Place>>
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
    this.#table = table!
    this.#constants = constants
    this.#executor = executor
    this.#rows = rows
    this.#lift = new Lift(model, constants, executor)
    this.#places = new Places(executor, (memory) => {
      // A few texts have fewer words than it takes to map the vocabulary.
      if (rows === 1) return this.#lookingUp()
      return memory ? this.#keeping(memory) : this.#mapping()
    })
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
        return untilKept(() => this.#extractBatch({ texts, classes }, batch, positions))
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
    const { runner, words: given } = await this.#places.current
    const prepared = await runner.prepare(encoded)
    const results = await runner.run(prepared, {
      classes: batch.map((index) => classes[index]!),
      ...given
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
    await this.#places.dispose(async (place) => {
      // What could not be made has told so to whoever waited for it.
      const made = await place.catch(() => undefined)
      await made?.runner.dispose()
    })
    await this.#lift.dispose()
  }

  #lookingUp(): Promise<Place> {
    const runner = this.#runner({ given: 'vectors', constants: this.#constants })
    return Promise.resolve({
      runner,
      words: { lookUp: lookUpIn(this.#table, this.#model.embeddingSize) }
    })
  }

  /** Feeds what every word of the vocabulary is mapped to, as the weights stay the same. */
  async #mapping(): Promise<Place> {
    const runner = this.#runner({ given: 'mapped', constants: this.#constants })
    return { runner, words: { feeds: { mapped: await this.#mapped() } } }
  }

  /** Sends that, and the weights, once for all batches. */
  async #keeping(memory: DeviceMemory): Promise<Place> {
    const mapped = await this.#mapped()
    const words = this.#table.length / this.#model.embeddingSize
    const shapes = { ...shapesOfParameters(this.#model), mapped: [words, mapped.length / words] }
    await memory.write({ ...this.#constants, mapped }, shapes)
    const executor = readingExecutor(memory, Object.keys(shapes))
    return { runner: this.#runner({ given: 'mapped', executor }), words: { feeds: {} } }
  }

  /** [words, n] */
  async #mapped(): Promise<Float32Array> {
    if (looksUpEmbeddings(this.#model)) return this.#table
    const graph = mapGraph(this.#model, this.#table.length / this.#model.embeddingSize)
    const executable = await this.#executor.compile(graph, { constants: this.#constants })
    const { mapped } = await executable.run({ vectors: this.#table })
    await executable.dispose()
    return mapped!
  }

  #runner({ given, executor = this.#executor, constants }: RunnerParts): BatchRunner {
    return new BatchRunner({
      model: this.#model,
      executor,
      graph: (model, batch) => inputGradientGraph(model, batch, given),
      rows: this.#rows,
      ...(constants && { constants }),
      ...(given === 'mapped' && { vocabulary: this.#table.length / this.#model.embeddingSize })
    })
  }
}

/** Where batches are run, and what each is given of its words. */
interface Place {
  runner: BatchRunner
  words: { lookUp: LookUp } | { feeds: Tensors }
}

interface RunnerParts {
  given: GivenWords
  executor?: Executor
  /** Weights that are built in. */
  constants?: Tensors
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
