/**
 * Runs one of a model's graphs over batches of texts: pads them to a common length, looks up their
 * embeddings, and keeps a compiled graph and its buffers for every shape that occurs.
 */
import type { Executable, Executor, Tensors } from '../executors/executor.ts'
import type { Graph } from '../graph/ir.ts'
import { sizeOf } from '../graph/ir.ts'
import { padId } from '../tokens/vocabulary.ts'
import type { BatchShape, Model } from './model.ts'
import { WordSlots } from './word-slots.ts'

export interface BatchRunnerOptions {
  model: Model
  executor: Executor
  /** One of the functions of `graphs.ts`. */
  graph: (model: Model, shape: BatchShape) => Graph
  /** Rows of every batch; a smaller one is filled up with copies of nothing but [PAD]. */
  rows: number
  /** Parameters that stay the same for the life of the runner. */
  constants?: Tensors
  /**
   * Words of the vocabulary, where the graph is fed something of each: words are then looked up by
   * their ids, in the graph.
   */
  vocabulary?: number
}

/** Writes the embeddings of words, [words, embedding], to the start of `into`. */
export type LookUp = (words: Int32Array, into: Float32Array) => void

/** Looks words up in a table that stays as it is. */
export function lookUpIn(table: Float32Array, size: number): LookUp {
  return (words, into) => {
    for (let i = 0; i < words.length; i++) {
      // `set` of a view copies four times as fast as a loop over 128 numbers does.
      into.set(table.subarray(words[i]! * size, (words[i]! + 1) * size), i * size)
    }
  }
}

const noWords = new Int32Array(0)

/** A batch that is ready to run; valid until the next is prepared. */
export interface Batch {
  /** Padded length. */
  readonly tokens: number
  /** The distinct words, but [PAD]: those whose embeddings `run` reads. */
  readonly words: Int32Array
  readonly compiled: Compiled
}

/** A compiled graph with a buffer for each of its inputs and outputs that are not parameters. */
interface Compiled {
  readonly executable: Executable
  readonly vectors: Float32Array
  readonly slots: Float32Array
  readonly derived: Tensors
  readonly target: Float32Array
  readonly results: Tensors
}

/** The length to which texts of up to `length` tokens are padded: few enough to compile for each. */
export function paddedLength(length: number): number {
  const step = length <= 64 ? 8 : length <= 128 ? 16 : length <= 256 ? 32 : 64
  return Math.ceil(length / step) * step
}

/** The number of words to which batches of up to `words` are filled up: four in each power of 2. */
export function paddedWords(words: number): number {
  const step = 2 ** Math.max(Math.ceil(Math.log2(words)) - 3, 4)
  return Math.ceil(words / step) * step
}

export class BatchRunner {
  readonly #options: BatchRunnerOptions
  readonly #compiled = new Map<string, Compiled>()
  readonly #lengths: Int32Array
  readonly #wordSlots = new WordSlots()

  constructor(options: BatchRunnerOptions) {
    this.#options = options
    this.#lengths = new Int32Array(options.rows)
  }

  /** The padded length of a text in a batch of this model. */
  tokensFor(length: number): number {
    return paddedLength(Math.max(length, this.#options.model.minimumTokens))
  }

  /** Makes a batch of at most `rows` texts. */
  async prepare(texts: readonly Int32Array[]): Promise<Batch> {
    const { model, rows, vocabulary } = this.#options
    const tokens = this.tokensFor(texts.reduce((most, ids) => Math.max(most, ids.length), 0))
    const words = vocabulary === undefined ? this.#wordSlots.assign(texts) : noWords
    // One more than there are, for [PAD].
    const shape = { rows, tokens, words: vocabulary ?? paddedWords(words.length + 1) }
    const compiled = await this.#compile(shape)
    this.#fillSlots(compiled.slots, texts, tokens)
    for (let row = 0; row < rows; row++) this.#lengths[row] = texts[row]?.length ?? 0
    for (const extra of model.derivedInputs) {
      extra.fill(compiled.derived[extra.name]!, this.#lengths, shape)
    }
    return { tokens, words, compiled }
  }

  /**
   * Runs a batch. `lookUp` gives the embeddings, unless the graph is fed the vocabulary; `classes`
   * are what the losses are taken at, where it has losses. The results are overwritten by the next
   * batch of the same shape.
   */
  async run(
    batch: Batch,
    { lookUp, classes, feeds }: { lookUp?: LookUp; classes?: readonly number[]; feeds?: Tensors }
  ): Promise<Tensors> {
    const { executable, vectors, slots, derived, target, results } = batch.compiled
    lookUp?.(batch.words, vectors)
    vectors.fill(0, batch.words.length * this.#options.model.embeddingSize)
    if (classes) this.#fillTarget(target, classes)
    return executable.run({ ...feeds, ...derived, vectors, slots, target }, results)
  }

  async dispose(): Promise<void> {
    for (const { executable } of this.#compiled.values()) await executable.dispose()
    this.#compiled.clear()
  }

  async #compile(shape: BatchShape): Promise<Compiled> {
    const key = `${shape.tokens} ${shape.words}`
    const known = this.#compiled.get(key)
    if (known) return known
    const { model, executor, graph, constants, vocabulary } = this.#options
    const { rows, tokens, words } = shape
    const executable = await executor.compile(graph(model, shape), constants ? { constants } : {})
    const compiled = {
      executable,
      vectors: new Float32Array(vocabulary === undefined ? words * model.embeddingSize : 0),
      slots: new Float32Array(rows * tokens),
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
    this.#compiled.set(key, compiled)
    return compiled
  }

  #fillSlots(slots: Float32Array, texts: readonly Int32Array[], tokens: number): void {
    if (this.#options.vocabulary !== undefined) {
      slots.fill(padId)
      texts.forEach((ids, row) => slots.set(ids, row * tokens))
      return
    }
    slots.fill(this.#wordSlots.of(padId))
    texts.forEach((ids, row) => {
      for (let i = 0; i < ids.length; i++) slots[row * tokens + i] = this.#wordSlots.of(ids[i]!)
    })
  }

  #fillTarget(target: Float32Array, classes: readonly number[]): void {
    const count = this.#options.model.classes
    target.fill(0)
    classes.forEach((label, row) => (target[row * count + label] = 1))
  }
}
