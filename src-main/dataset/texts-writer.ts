/** Writes the texts of a data set as they come: texts.jsonl, and where each of its lines starts. */
import { createHash } from 'node:crypto'
import { open, type FileHandle } from 'node:fs/promises'
import { writableOrExplain } from '../files/write-errors.ts'
import type { RowText } from './dataset.ts'
import { Growing } from './growing.ts'

const batchSize = 1 << 20

/** What was written. */
export interface WrittenTexts {
  /** [rows + 1] where each line starts, in bytes, and the size of the file. */
  offsets: Float64Array
  /** Hex SHA-256 of the file. */
  textsHash: string
}

export class TextsWriter {
  readonly #path: string
  readonly #handle: FileHandle
  readonly #hash = createHash('sha256')
  readonly #offsets = new Growing(Float64Array)
  #batch: string[] = []
  #batchLength = 0
  #size = 0

  private constructor(path: string, handle: FileHandle) {
    this.#path = path
    this.#handle = handle
    this.#offsets.push(0)
  }

  /** Opens the file; throws `cannot-write`. */
  static async open(path: string): Promise<TextsWriter> {
    return new TextsWriter(path, await writableOrExplain(path, () => open(path, 'w')))
  }

  /** Adds a row. Gives back the line, and a promise only when the caller must let the disk catch up. */
  add(text: RowText): { line: string; written?: Promise<void> } {
    const line = `${JSON.stringify(text)}\n`
    this.#batch.push(line)
    this.#batchLength += line.length
    this.#size += Buffer.byteLength(line)
    this.#offsets.push(this.#size)
    return this.#batchLength < batchSize ? { line } : { line, written: this.#flush() }
  }

  /** Writes the rest to the disk. */
  async finish(): Promise<WrittenTexts> {
    await this.#flush()
    await writableOrExplain(this.#path, () => this.#handle.sync())
    return { offsets: this.#offsets.finish(), textsHash: this.#hash.digest('hex') }
  }

  /** Lets go of the file. */
  async close(): Promise<void> {
    await this.#handle.close()
  }

  async #flush(): Promise<void> {
    const bytes = Buffer.from(this.#batch.join(''))
    this.#batch = []
    this.#batchLength = 0
    this.#hash.update(bytes)
    await writableOrExplain(this.#path, () => this.#handle.appendFile(bytes))
  }
}
