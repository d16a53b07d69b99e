/** Gathers what an import remembers of every row: a few numbers, never the text. */
import { ErratumError } from '../errors.ts'
import { cellText, type ColumnNames } from './columns.ts'
import type { RowText } from './dataset.ts'
import { Growing } from './growing.ts'
import { LabelReader, type Labelled } from './labels.ts'
import { TextHashes } from './repeats.ts'
import type { Source, SourceRecord } from './source.ts'
import { readSplit, splitCode } from './split.ts'
import { quotedValue } from './wording.ts'

/** The rows of an import; ids run on from the data file to the test file. */
export interface Rows extends Labelled {
  /** [rows] what the split column, or else the file, says; validation is still open. */
  splitCodes: Uint8Array
  hashes: TextHashes
  /** Ids of rows without text, ascending. */
  empty: Uint32Array
  longest: { row: number; characters: number }
  /** Rows of each file. */
  rowCounts: number[]
}

export class RowCollector {
  readonly #columns: ColumnNames
  readonly #labels: LabelReader
  readonly #classes = new Growing(Int32Array)
  readonly #splitCodes = new Growing(Uint8Array)
  readonly #empty = new Growing(Uint32Array)
  readonly #hashes = new TextHashes()
  readonly #rowCounts: number[] = []
  #longest = { row: 0, characters: 0 }
  #before = 0

  constructor(columns: ColumnNames, labels: readonly string[] | undefined) {
    this.#columns = columns
    this.#labels = new LabelReader(columns.label, labels)
  }

  get rowCount(): number {
    return this.#classes.length
  }

  /** Takes the next record and gives back its text. */
  read(source: Source, record: SourceRecord): RowText {
    const { text, textPair, split } = this.#columns
    this.#classes.push(this.#labels.read(source, record))
    const isTestFile = this.#rowCounts.length > 0
    const code = splitCode(isTestFile ? 'test' : 'train')
    this.#splitCodes.push(split === undefined ? code : readSplit(source, record, split))
    const first = cellText(source, record, text)
    return textPair === undefined ? [first] : [first, cellText(source, record, textPair)]
  }

  /** Takes a look at the text of the record, and at the line that stands for it. */
  look(text: RowText, line: string): void {
    const row = this.rowCount - 1
    const characters = text.reduce((sum, part) => sum + part.length, 0)
    if (characters > this.#longest.characters) this.#longest = { row, characters }
    if (text.every((part) => part.trim() === '')) this.#empty.push(row)
    this.#hashes.push(line)
  }

  /** Says that a file ends here; throws `bad-data` when it held no row. */
  endFile(source: Source): void {
    const rows = this.rowCount - this.#before
    if (rows === 0) {
      throw new ErratumError(
        'bad-data',
        `${source.name}: the file has columns but no rows. Choose a file that holds data.`
      )
    }
    this.#rowCounts.push(rows)
    this.#before = this.rowCount
  }

  /** All rows, with the final classes; throws `bad-data` when no model can be trained on them. */
  finish(source: Source): Rows {
    if (this.#empty.length === this.rowCount) {
      throw new ErratumError(
        'bad-data',
        `${source.name}: column ${quotedValue(this.#columns.text)} holds no text in any row. Choose another column; the columns are ${source.columns.join(', ')}.`
      )
    }
    return {
      ...this.#labels.finish(source, this.#classes.finish()),
      splitCodes: this.#splitCodes.finish(),
      hashes: this.#hashes,
      empty: this.#empty.finish(),
      longest: this.#longest,
      rowCounts: this.#rowCounts
    }
  }
}
