/** What identifies the data that edits were made for, wherever and in whatever format it is. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { cellText } from '../dataset/columns.ts'
import type { ReadOptions, Source, SourceRecord } from '../dataset/source.ts'
import { throwIfCancelled } from '../errors.ts'
import type { DataIdentity, TextColumns } from './edits-file.ts'

/** Takes the records of a source in order and hashes their texts and labels. */
export class ContentHash {
  rows = 0
  readonly #source: Source
  readonly #columns: TextColumns
  readonly #hash = createHash('sha256')

  constructor(source: Source, columns: TextColumns) {
    this.#source = source
    this.#columns = columns
  }

  /** Takes the next record. */
  add(record: SourceRecord): void {
    const { text, textPair, label } = this.#columns
    this.#addText(cellText(this.#source, record, text))
    if (textPair !== undefined) this.#addText(cellText(this.#source, record, textPair))
    this.#addText(cellText(this.#source, record, label).trim())
    this.rows++
  }

  /** Hex SHA-256 of what was added; to be asked once. */
  digest(): string {
    return this.#hash.digest('hex')
  }

  /** With its length before it, so that no two lists of texts are hashed alike. */
  #addText(text: string): void {
    this.#hash.update(`${text.length}:`).update(text)
  }
}

/** What a data file is, for `edits.json`, save for the name and fingerprint that the project gives it. */
export async function identifyData(
  source: Source,
  columns: TextColumns,
  options: ReadOptions = {}
): Promise<Omit<DataIdentity, 'file' | 'fingerprint'>> {
  const content = new ContentHash(source, columns)
  for await (const record of source.records(options)) content.add(record)
  const sourceSha256 = await hashFile(source.path, options.signal)
  return {
    format: source.format,
    rows: content.rows,
    sourceSha256,
    contentSha256: content.digest(),
    columns: namesOf(columns)
  }
}

/** The columns without what else an object of them may hold, such as the split. */
function namesOf({ text, textPair, label }: TextColumns): TextColumns {
  return textPair === undefined ? { text, label } : { text, textPair, label }
}

async function hashFile(path: string, signal: AbortSignal | undefined): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) {
    throwIfCancelled(signal)
    hash.update(chunk as Buffer)
  }
  return hash.digest('hex')
}
