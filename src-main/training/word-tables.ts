/** The table of words where a device has the other numbers of a training: there too, or with the host. */
import type { Tensors } from '../executors/executor.ts'
import type { Shape } from '../graph/ir.ts'
import type { LookUp } from '../models/batch-runner.ts'
import { lookUpIn } from '../models/batch-runner.ts'
import type { Model } from '../models/model.ts'
import { embeddingName } from '../models/parameters.ts'
import type { DeviceGraphs } from './device-graphs.ts'
import type { RowRule, TableState } from './sparse-table.ts'
import { scaleBy } from './step-gradients.ts'
import type { BatchWords, StepWords } from './step-words.ts'
import { rowFactors, stateName } from './update-graph.ts'

export interface WordTable {
  /** Gets ready for the first step: arrays may have been filled until then. */
  begin(): Promise<void>
  /** Puts the embeddings of a batch's words, as they are after the last step, where the batch reads them. */
  lookUp(batch: BatchWords): Promise<void>
  /** Changes the rows of the step's words, by what has been added up of their gradients. */
  step(): Promise<void>
  /** Brings the host's arrays up to the last step. */
  settle(): Promise<void>
}

export interface WordTableParts {
  model: Model
  /** [words, embedding], changed by `settle`. */
  weights: Float32Array
  /** As the host has it, up to date after `settle`; none where it is frozen. */
  table: TableState | undefined
  /** How the optimizer changes its rows. */
  rule: RowRule
  graphs: DeviceGraphs
  /** Of the step under way. */
  words: StepWords
}

/** On the device, if it is sure to have room for it. */
export function wordTable(parts: WordTableParts): WordTable {
  const fits = parts.weights.byteLength <= parts.graphs.memory.largestTensor
  return fits ? new DeviceTable(parts) : new HostTable(parts)
}

/**
 * A step touches the rows of its words alone, as on the host: they are moved by what they are owed,
 * looked up, and set to what the optimizer makes of them. When each was touched, and what it is owed,
 * follows from the batches, so the host keeps account of it. The table is copied as a whole each time,
 * as no graph can change a tensor that it is given: three arrays, there and back, in the GPU's memory.
 */
class DeviceTable implements WordTable {
  readonly #parts: WordTableParts

  constructor(parts: WordTableParts) {
    this.#parts = parts
  }

  begin(): Promise<void> {
    const { graphs, model, weights } = this.#parts
    const shape = [weights.length / model.embeddingSize, model.embeddingSize]
    const shapes = Object.keys(this.#arrays).map((name): [string, Shape] => [name, shape])
    return graphs.memory.write(this.#arrays, Object.fromEntries(shapes))
  }

  async lookUp({ words, room }: BatchWords): Promise<void> {
    const ledger = this.#parts.table?.ledger
    const owed = new Float32Array(room)
    if (ledger) words.forEach((word, n) => (owed[n] = ledger.owed(word, ledger.step)))
    const lookUp = await this.#parts.graphs.lookUp(room)
    await lookUp.run({ ids: this.#idsOf(words, room), ...(ledger && { owed }) })
  }

  async step(): Promise<void> {
    const { graphs, words, table, rule } = this.#parts
    const { ledger } = table!
    const { all, room } = words
    const factors = rowFactors(rule, ledger, all, room)
    const update = await graphs.updateRows(room)
    await update.run({ ids: this.#idsOf(all, room), factors })
    for (const word of all) ledger.lastStep[word] = ledger.step
  }

  async settle(): Promise<void> {
    const { table, graphs } = this.#parts
    if (!table) return
    const arrays = this.#arrays
    const read = await graphs.memory.read(Object.keys(arrays))
    for (const [name, array] of Object.entries(arrays)) array.set(read[name]!)
    table.catchUpAll()
    // Rows that were owed something are others now.
    await this.begin()
  }

  /** The arrays that the device has too. */
  get #arrays(): Tensors {
    const { weights, table, rule } = this.#parts
    if (!table) return { [embeddingName]: weights }
    const kept = rule.arrays.map((name) => {
      return [stateName(embeddingName, name), table.state[name] as Float32Array] as const
    })
    return { [embeddingName]: table.weights, ...Object.fromEntries(kept) }
  }

  /** [room] rows of the table, filled up with [PAD]'s, which never changes. */
  #idsOf(words: Int32Array, room: number): Float32Array {
    const ids = new Float32Array(room).fill(this.#parts.model.padId)
    ids.set(words)
    return ids
  }
}

/** Rows are on their way there and back at every step, which then waits for the device. */
class HostTable implements WordTable {
  readonly #parts: WordTableParts
  readonly #lookUp: LookUp

  constructor(parts: WordTableParts) {
    const { model, weights, table } = parts
    this.#parts = parts
    this.#lookUp = table
      ? (words, into) => table.read(words, into)
      : lookUpIn(weights, model.embeddingSize)
  }

  begin(): Promise<void> {
    return Promise.resolve()
  }

  async lookUp({ lookedUp, room }: BatchWords): Promise<void> {
    const { graphs, model } = this.#parts
    const vectors = new Float32Array(room * model.embeddingSize)
    this.#lookUp(lookedUp, vectors)
    await graphs.memory.write({ vectors }, { vectors: [room, model.embeddingSize] })
  }

  async step(): Promise<void> {
    const { graphs, model, words, table } = this.#parts
    const names = graphs.isClipped ? ['wordSum', 'scale'] : ['wordSum']
    const { wordSum, scale } = await graphs.memory.read(names)
    const gradients = wordSum!.subarray(0, words.all.length * model.embeddingSize)
    if (scale && scale[0] !== 1) scaleBy(gradients, scale[0]!)
    table!.step(words.all, gradients)
  }

  settle(): Promise<void> {
    this.#parts.table?.catchUpAll()
    return Promise.resolve()
  }
}
