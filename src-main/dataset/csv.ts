/** Reads CSV and TSV. */
import { ErratumError } from '../errors.ts'
import { takeRecord, type Dialect } from './csv-record.ts'
import { emptyFile, findEncoding } from './encoding.ts'
import type { Fields, Format, ReadOptions, Source, SourceFile, SourceRecord } from './source.ts'
import { BrokenRecord, cutRecords, textChunks, type TextFile } from './text-stream.ts'
import { counted, place, plural, quotedValue } from './wording.ts'

const delimiters = [',', ';', '\t', '|']

interface Table {
  file: TextFile
  dialect: Dialect
  /** The text before the first record. */
  header: string
  columns: string[]
}

/** Opens a CSV file; its delimiter is found from the header line and the first records. */
export async function openCsv(file: SourceFile): Promise<Source> {
  const text = await findEncoding(file)
  const sample = await readSample(text)
  const lineEnd = lineEndOf(sample.text)
  const delimiter = delimiterOf(sample, lineEnd)
  return toSource(await openTable(text, { delimiter, lineEnd, quoted: true }), 'csv')
}

/**
 * Opens a TSV file. Some writers of TSV enclose fields in double quotes and some know no quoting;
 * the first is believed if the whole file can be read so, else the second if that can.
 */
export async function openTsv(file: SourceFile): Promise<Source> {
  const text = await findEncoding(file)
  const lineEnd = lineEndOf((await readSample(text)).text)
  const dialect: Dialect = { delimiter: '\t', lineEnd, quoted: true }
  const problem = await problemOf(text, dialect)
  if (!problem) return toSource(await openTable(text, dialect), 'tsv')
  const plain = { ...dialect, quoted: false }
  if (await problemOf(text, plain)) throw problem
  return toSource(await openTable(text, plain), 'tsv')
}

function toSource(table: Table, format: Format): Source {
  const { path, name, encoding, bom } = table.file
  return {
    path,
    name,
    format,
    encoding,
    bom,
    delimiter: table.dialect.delimiter,
    quoted: table.dialect.quoted,
    header: table.header,
    columns: table.columns,
    records: (options) => readTable(table, options)
  }
}

async function problemOf(file: TextFile, dialect: Dialect): Promise<ErratumError | undefined> {
  try {
    const records = readTable(await openTable(file, dialect), { signal: file.signal })
    while (!(await records.next()).done);
    return undefined
  } catch (error) {
    if (error instanceof ErratumError && error.code === 'bad-data') return error
    throw error
  }
}

async function openTable(file: TextFile, dialect: Dialect): Promise<Table> {
  let header = ''
  for await (const { value, raw } of cutFields(file, dialect)) {
    header += raw
    if (!isBlank(value)) return { file, dialect, header, columns: columnsOf(file, value) }
  }
  throw emptyFile(file)
}

async function* readTable(table: Table, options?: ReadOptions): AsyncGenerator<SourceRecord> {
  const { file, dialect, columns } = table
  let row = -1
  for await (const { value, raw, line } of cutFields(file, dialect, options)) {
    if (row < 0) {
      if (!isBlank(value)) row = 0
      continue
    }
    if (value.length !== columns.length) throw ragged(table, value, { row, line })
    yield { row, line, fields: toFields(columns, value), raw }
    row++
  }
}

function cutFields(file: TextFile, dialect: Dialect, options?: ReadOptions) {
  return cutRecords(file, (text, start, last) => takeRecord(text, start, last, dialect), options)
}

function toFields(columns: readonly string[], values: readonly string[]): Fields {
  return Object.fromEntries(columns.map((column, at) => [column, values[at]]))
}

function isBlank(values: readonly string[]): boolean {
  return values.length === 1 && values[0] === ''
}

/** Column names, trimmed; a spreadsheet's empty ones are named after their place. */
function columnsOf(file: SourceFile, header: readonly string[]): string[] {
  const columns = header.map((name, at) => name.trim() || `column ${at + 1}`)
  const twice = columns.find((name, at) => columns.indexOf(name) !== at)
  if (twice === undefined) return columns
  throw new ErratumError(
    'bad-data',
    `${file.name}: two columns are named ${quotedValue(twice)}. Rename one of them in the header line.`
  )
}

function ragged(
  table: Table,
  values: readonly string[],
  record: { row: number; line: number }
): ErratumError {
  const sign = table.dialect.delimiter === '\t' ? 'tab' : table.dialect.delimiter
  return new ErratumError(
    'bad-data',
    `${place(table.file.name, record)}: ${plural(values.length, 'field')} where the header has ${plural(table.columns.length, 'column')}. A text that holds a delimiter (${sign}), a line break or a leading double quote must stand in double quotes; correct line ${counted(record.line)}.`
  )
}

/** The start of a file, and whether that is all of it. */
interface Sample {
  text: string
  whole: boolean
}

async function readSample(file: TextFile): Promise<Sample> {
  let share = 0
  const onRead = (read: number) => {
    share = read
  }
  for await (const text of textChunks(file, { onRead }))
    if (text) return { text, whole: share >= 1 }
  return { text: '', whole: true }
}

function lineEndOf(sample: string): '\n' | '\r' {
  return sample.includes('\r') && !sample.includes('\n') ? '\r' : '\n'
}

/** The delimiter that the header names alone, or else the one that cuts the first records alike. */
function delimiterOf(sample: Sample, lineEnd: '\n' | '\r'): string {
  const counts = delimiters.map((delimiter) => ({
    delimiter,
    widths: widthsOf(sample, { delimiter, lineEnd, quoted: true })
  }))
  const present = counts.filter(({ widths }) => (widths[0] ?? 1) > 1)
  const alike = present.filter(({ widths }) => widths.every((width) => width === widths[0]))
  return (alike[0] ?? present[0])?.delimiter ?? ','
}

/** Fields in each of the first records. */
function widthsOf(sample: Sample, dialect: Dialect): number[] {
  const widths: number[] = []
  try {
    for (let at = 0; widths.length < 20 && at < sample.text.length;) {
      const piece = takeRecord(sample.text, at, sample.whole, dialect)
      if (!piece) break
      if (!isBlank(piece.value)) widths.push(piece.value.length)
      at = piece.end
    }
  } catch (error) {
    // A broken record tells nothing about the delimiter; reading the file will report it.
    if (!(error instanceof BrokenRecord)) throw error
  }
  return widths
}
