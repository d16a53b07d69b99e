/**
 * The table of words on a device. A step touches the rows of its batch alone, as on the host: those
 * are moved there by what they are owed, looked up, and set to what the optimizer makes of them. When
 * each was touched, and what it is owed, follows from the batches, so the host keeps account of it.
 * Between two runs the table is copied as a whole, as no graph can change a tensor that it is given;
 * that is a fraction of a millisecond for each hundred megabytes on a GPU with a memory of its own.
 */
import type { Tensors } from '../executors/executor.ts'
import type { Shape } from '../graph/ir.ts'
import type { Batch, BatchText } from '../models/batch-runner.ts'
import { paddedWords } from '../models/batch-runner.ts'
import { looksUpEmbeddings } from '../models/graphs.ts'
import type { Model } from '../models/model.ts'
import { embeddingName } from '../models/parameters.ts'
import { WordSlots } from '../models/word-slots.ts'
import type { DeviceGraphs } from './device-graphs.ts'
import type { Optimizer } from './optimizers.ts'
import type { KeptState, RowRule, TableState } from './sparse-table.ts'
import { rowFactors, stateName } from './update-graph.ts'

/** What the table is told of a batch. */
type BatchWords = Pick<Batch, 'words' | 'room' | 'slots'>

export class DeviceTable {
  /** As the host has it, which is up to date after `settle` alone; none if it is frozen. */
  readonly #table: TableState | undefined
  /** Of all words: looked up where it is frozen. */
  readonly #weights: Float32Array
  readonly #rule: RowRule
  readonly #graphs: DeviceGraphs
  readonly #model: Model
  /** Whether gradients are of positions, or of the words of a batch. */
  readonly #isByPosition: boolean
  /** The words of a step, and the place of each among them. */
  readonly #slots: WordSlots
  #words: Int32Array = new Int32Array(0)
  #begun: Promise<void> | undefined

  constructor(model: Model, weights: Float32Array, optimizer: Optimizer, graphs: DeviceGraphs) {
    this.#graphs = graphs
    this.#model = model
    this.#weights = weights
    this.#rule = optimizer.rowRule
    this.#table = graphs.hasWords ? optimizer.table(weights, model.embeddingSize) : undefined
    this.#isByPosition = looksUpEmbeddings(model)
    this.#slots = new WordSlots(model.padId)
  }

  /** What the optimizer keeps of it. */
  get state(): KeptState {
    return this.#table?.state ?? {}
  }

  /** Is told of the texts of a step before anything else of it. */
  async begin(texts: readonly BatchText[]): Promise<void> {
    this.#words = this.#slots.assign(texts.map(({ ids }) => ids)).subarray(0, -1)
    await (this.#begun ??= this.#write())
  }

  /** Looks up the words of a batch, as they are after the last step. */
  async lookUp({ words, room }: BatchWords): Promise<void> {
    const ledger = this.#table?.ledger
    const owed = new Float32Array(room)
    if (ledger) words.forEach((word, n) => (owed[n] = ledger.owed(word, ledger.step)))
    const lookUp = await this.#graphs.lookUp(room)
    await lookUp.run({ ids: this.#idsOf(words, room), ...(ledger && { owed }) })
  }

  /** Takes the gradients that a batch has left, beside those of the step's batches before it. */
  async take({ words, slots, room }: BatchWords, isFirst: boolean): Promise<void> {
    if (!this.#table) return
    const byPosition = this.#isByPosition
    const places = byPosition ? this.#placesOf(words, slots) : this.#rowsOf(words)
    const flows = byPosition ? slots.length : room
    const sum = await this.#graphs.sumByWord({ flows, room: this.#room, byPosition, isFirst })
    await sum.run({ places })
  }

  /** Changes the rows of the step's words, once the optimizer has begun with it. */
  async step(): Promise<void> {
    if (!this.#table) return
    const { ledger } = this.#table
    const room = this.#room
    const factors = rowFactors(this.#rule, ledger, this.#words, room)
    const update = await this.#graphs.updateRows(room)
    await update.run({ ids: this.#idsOf(this.#words, room), factors })
    for (const word of this.#words) ledger.lastStep[word] = ledger.step
  }

  /** Brings the host's arrays up to the last step, and the device's, whose rows were owed something. */
  async settle(): Promise<void> {
    if (!this.#begun || !this.#table) return
    const arrays = this.#arrays
    const read = await this.#graphs.memory.read(Object.keys(arrays))
    for (const [name, array] of Object.entries(arrays)) array.set(read[name]!)
    this.#table.catchUpAll()
    await this.#write()
  }

  #write(): Promise<void> {
    const arrays = this.#arrays
    const shape = [this.#weights.length / this.#model.embeddingSize, this.#model.embeddingSize]
    const shapes = Object.keys(arrays).map((name): [string, Shape] => [name, shape])
    return this.#graphs.memory.write(arrays, Object.fromEntries(shapes))
  }

  /** For every position of a batch the place of its word in the step; [PAD] has none. */
  #placesOf(words: Int32Array, slots: Float32Array): Float32Array {
    // The slot of [PAD] comes after those of words.
    return slots.map((slot) => (slot < words.length ? this.#slots.of(words[slot]!) : -1))
  }

  /** For every place of the step the row of its word in a batch. */
  #rowsOf(words: Int32Array): Float32Array {
    const rows = new Float32Array(this.#room).fill(-1)
    words.forEach((word, row) => (rows[this.#slots.of(word)] = row))
    return rows
  }

  /** Rows for the words of the step: a few more, so that what is compiled serves the next as well. */
  get #room(): number {
    return paddedWords(this.#words.length + 1)
  }

  /** The arrays that the device has too. */
  get #arrays(): Tensors {
    if (!this.#table) return { [embeddingName]: this.#weights }
    const kept = this.#rule.arrays.map((name) => {
      return [stateName(embeddingName, name), this.state[name] as Float32Array] as const
    })
    return { [embeddingName]: this.#table.weights, ...Object.fromEntries(kept) }
  }

  /** [room] rows of the table, filled up with [PAD]'s, which never changes. */
  #idsOf(words: Int32Array, room: number): Float32Array {
    const ids = new Float32Array(room).fill(this.#model.padId)
    ids.set(words)
    return ids
  }
}
