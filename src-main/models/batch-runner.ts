/**
 * Runs one of a model's graphs over batches of texts: pads them to a common length, looks up their
 * embeddings, and keeps a compiled graph and its buffers for every shape that occurs.
 */
import type { Executable, Executor, Tensors } from '../executors/executor.ts'
import { allocate } from '../executors/fit.ts'
import type { Graph } from '../graph/ir.ts'
import { sizeOf } from '../graph/ir.ts'
import type { EncodedText } from '../tokens/encode.ts'
import { isDropoutMask, looksUpEmbeddings } from './graphs.ts'
import type { BatchShape, Model, TextBounds } from './model.ts'
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

/** What a batch needs of a text. */
export type BatchText = Pick<EncodedText, 'ids' | 'second'>

/** A batch that is ready to run; valid until the next is prepared. */
export interface Batch {
  /** Padded length. */
  readonly tokens: number
  /** The distinct words, but [PAD]: those whose embeddings may change. */
  readonly words: Int32Array
  /** Words that what is compiled has room for, [PAD] among them. */
  readonly room: number
  /** The words whose embeddings `run` reads, [PAD] the last. */
  readonly lookedUp: Int32Array
  /** [rows · tokens] the place of each position's word among those looked up. */
  readonly slots: Float32Array
  /** Dropout's masks, to be filled before the run. */
  readonly masks: Tensors
  readonly compiled: Compiled
}

/** A compiled graph with a buffer for each of its inputs and outputs that are not parameters. */
interface Compiled {
  readonly executable: Executable
  readonly vectors: Float32Array
  readonly slots: Float32Array
  readonly derived: Tensors
  readonly masks: Tensors
  readonly target: Float32Array
  readonly results: Tensors
}

/** The length to which texts of up to `length` tokens are padded: few enough to compile for each. */
function paddedLength(length: number): number {
  const step = length <= 64 ? 8 : length <= 128 ? 16 : length <= 256 ? 32 : 64
  return Math.ceil(length / step) * step
}

/** The padded length of a text in a batch of this model. */
export function paddedTokens(
  { minimumTokens, maximumTokens }: Pick<Model, 'minimumTokens' | 'maximumTokens'>,
  length: number
): number {
  return Math.min(paddedLength(Math.max(length, minimumTokens)), maximumTokens)
}

/**
 * The number of words for which a batch is compiled. A model that maps words is compiled for few more
 * than a batch has. Any other has room for as many as there are positions, and [PAD]: batches of one
 * length then share what is compiled, and the memory that it keeps.
 */
export function roomForWords(
  model: Model
): (batch: Omit<BatchShape, 'words'>, words: number) => number {
  const isPlain = looksUpEmbeddings(model)
  // A single text has about as many words as tokens.
  return ({ rows, tokens }, words) =>
    isPlain || rows === 1 ? rows * tokens + 1 : paddedWords(words)
}

/** The number of words to which batches of up to `words` are filled up: four in each power of 2. */
export function paddedWords(words: number): number {
  const step = 2 ** Math.max(Math.ceil(Math.log2(words)) - 3, 4)
  return Math.ceil(words / step) * step
}

export class BatchRunner {
  readonly #options: BatchRunnerOptions
  readonly #compiled = new Map<string, Compiled>()
  readonly #wordSlots: WordSlots
  readonly #room: ReturnType<typeof roomForWords>

  constructor(options: BatchRunnerOptions) {
    this.#options = options
    this.#wordSlots = new WordSlots(options.model.padId)
    this.#room = roomForWords(options.model)
  }

  /** The padded length of a text in a batch of this model. */
  tokensFor(length: number): number {
    return paddedTokens(this.#options.model, length)
  }

  /** Makes a batch of at most `rows` texts. */
  async prepare(texts: readonly BatchText[]): Promise<Batch> {
    const { model, rows, vocabulary } = this.#options
    const ids = texts.map((text) => text.ids)
    const tokens = this.tokensFor(ids.reduce((most, { length }) => Math.max(most, length), 0))
    const lookedUp = vocabulary === undefined ? this.#wordSlots.assign(ids) : noWords
    const words = vocabulary ?? this.#room({ rows, tokens }, lookedUp.length)
    const shape = { rows, tokens, words }
    const compiled = await this.#compile(shape)
    this.#fillSlots(compiled.slots, ids, tokens)
    const bounds = texts.map(({ ids: { length }, second }): TextBounds => ({ length, second }))
    for (const extra of model.derivedInputs) {
      extra.fill(compiled.derived[extra.name]!, bounds, shape)
    }
    const { slots, masks } = compiled
    return {
      tokens,
      words: lookedUp.subarray(0, -1),
      room: words,
      lookedUp,
      slots,
      masks,
      compiled
    }
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
    const { executable, vectors, slots, derived, masks, target, results } = batch.compiled
    lookUp?.(batch.lookedUp, vectors)
    vectors.fill(0, batch.lookedUp.length * this.#options.model.embeddingSize)
    if (classes) this.#fillTarget(target, classes)
    return executable.run({ ...feeds, ...derived, ...masks, vectors, slots, target }, results)
  }

  /** Rows of every batch. */
  get rows(): number {
    return this.#options.rows
  }

  async dispose(): Promise<void> {
    for (const { executable } of this.#compiled.values()) await executable.dispose()
    this.#compiled.clear()
  }

  async #compile(shape: BatchShape): Promise<Compiled> {
    const key = `${shape.tokens} ${shape.words}`
    const known = this.#compiled.get(key)
    if (known) return known
    const { model, executor, graph, constants } = this.#options
    const { rows, tokens } = shape
    const executable = await executor.compile(graph(model, shape), constants ? { constants } : {})
    const compiled = {
      executable,
      // None where they are looked up elsewhere.
      vectors: new Float32Array(sizeOf(executable.inputShapes['vectors'] ?? [0])),
      slots: new Float32Array(rows * tokens),
      derived: allocate(
        Object.fromEntries(model.derivedInputs.map(({ name, shape: of }) => [name, of(shape)]))
      ),
      masks: allocate(
        Object.fromEntries(
          Object.entries(executable.inputShapes).filter(([name]) => isDropoutMask(name))
        )
      ),
      target: new Float32Array(rows * model.classes),
      results: allocate(executable.outputShapes)
    }
    this.#compiled.set(key, compiled)
    return compiled
  }

  #fillSlots(slots: Float32Array, texts: readonly Int32Array[], tokens: number): void {
    if (this.#options.vocabulary !== undefined) {
      slots.fill(this.#options.model.padId)
      texts.forEach((ids, row) => slots.set(ids, row * tokens))
      return
    }
    slots.fill(this.#wordSlots.of(this.#options.model.padId))
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
