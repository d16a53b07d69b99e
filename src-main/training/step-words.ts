/** The words of a step whose gradients are on a device, added up there by word. */
import type { Batch, BatchText } from '../models/batch-runner.ts'
import { paddedWords } from '../models/batch-runner.ts'
import { looksUpEmbeddings } from '../models/graphs.ts'
import type { Model } from '../models/model.ts'
import { WordSlots } from '../models/word-slots.ts'
import type { DeviceGraphs } from './device-graphs.ts'

/** What is to be known of a batch. */
export type BatchWords = Pick<Batch, 'words' | 'lookedUp' | 'room' | 'slots'>

export class StepWords {
  readonly #graphs: DeviceGraphs
  /** Whether gradients are of positions, or of the words of a batch. */
  readonly #isByPosition: boolean
  /** The place of each word in the step. */
  readonly #slots: WordSlots
  #all: Int32Array = new Int32Array(0)

  constructor(model: Model, graphs: DeviceGraphs) {
    this.#graphs = graphs
    this.#isByPosition = looksUpEmbeddings(model)
    this.#slots = new WordSlots(model.padId)
  }

  /** The distinct words of the step, but [PAD]; valid until the next begins. */
  get all(): Int32Array {
    return this.#all
  }

  /** Rows for them: a few more, so that what is compiled serves other steps as well. */
  get room(): number {
    return paddedWords(this.#all.length + 1)
  }

  begin(texts: readonly BatchText[]): void {
    this.#all = this.#slots.assign(texts.map(({ ids }) => ids)).subarray(0, -1)
  }

  /** Adds the gradients that a batch has left to those of the step's batches before it. */
  async take({ words, slots, room }: BatchWords, isFirst: boolean): Promise<void> {
    const byPosition = this.#isByPosition
    const places = byPosition ? this.#placesOf(words, slots) : this.#rowsOf(words)
    const flows = byPosition ? slots.length : room
    const sum = await this.#graphs.sumByWord({ flows, room: this.room, byPosition, isFirst })
    await sum.run({ places })
  }

  /** For every position of a batch the place of its word in the step; [PAD] has none. */
  #placesOf(words: Int32Array, slots: Float32Array): Float32Array {
    // The slot of [PAD] comes after those of words.
    return slots.map((slot) => (slot < words.length ? this.#slots.of(words[slot]!) : -1))
  }

  /** For every place of the step the row of its word in a batch. */
  #rowsOf(words: Int32Array): Float32Array {
    const rows = new Float32Array(this.room).fill(-1)
    words.forEach((word, row) => (rows[this.#slots.of(word)] = row))
    return rows
  }
}
