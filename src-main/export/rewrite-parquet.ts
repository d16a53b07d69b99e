/**
 * Writes a Parquet file again with edits. Values are read and written by their storage (the bytes of
 * a decimal, the integer of a timestamp), never by what they mean, so that no precision is lost;
 * the meaning is declared again when the file is finished.
 */
import zlib from 'node:zlib'
import {
  asyncBufferFromFile,
  parquetMetadataAsync,
  parquetScan,
  parquetSchema,
  type Compressors,
  type ConvertedType,
  type FileMetaData,
  type ParquetParsers,
  type ParquetScan,
  type SchemaElement
} from 'hyparquet'
import type { Fields, ReadOptions, Source, SourceRecord } from '../dataset/source.ts'
import { ErratumError, throwIfCancelled } from '../errors.ts'
import { parquetBytes, type ColumnValues } from './parquet-output.ts'
import { changesOf, checkAllRowsSeen, weightColumn, type EditPlan } from './row-edits.ts'

/** As the reader of data sets has them; Snappy is built in. */
const compressors: Compressors = {
  GZIP: (input) => zlib.gunzipSync(input),
  BROTLI: (input) => zlib.brotliDecompressSync(input)
}

/** Most rows held at once. */
const windowRows = 50_000

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

const parsers: Partial<ParquetParsers> = {
  /** Bytes that are no UTF-8 stay bytes, and are written back as they were. */
  stringFromBytes: (bytes) => {
    try {
      return decoder.decode(bytes)
    } catch {
      return bytes
    }
  },
  timestampFromNanoseconds: (nanoseconds) => nanoseconds
}

/** The file with its types and its own metadata; memory is bounded by the source's row groups. */
export async function* rewriteParquet(
  source: Source,
  plan: EditPlan,
  options: ReadOptions
): AsyncGenerator<Uint8Array> {
  const file = await asyncBufferFromFile(source.path)
  const metadata = await parquetMetadataAsync(file, { geoparquet: false })
  const total = Number(metadata.num_rows)
  checkAllRowsSeen(plan, total)
  const added = plan.columns.slice(source.columns.length).map(weightElement)
  const schema = withColumns(metadata.schema.map(storageOf), added)
  const scan = await parquetScan({
    file,
    metadata: { ...metadata, schema: metadata.schema.map(readAs) },
    compressors,
    parsers,
    utf8: false,
    geoparquet: false
  })
  const columns = parquetSchema({ schema } as FileMetaData).children.map(({ element }) => element)
  async function* groups(): AsyncGenerator<ColumnValues[]> {
    for (const { start, end } of windows(metadata)) {
      throwIfCancelled(options.signal)
      const read = await readWindow(source, scan, { start, end })
      yield editWindow(plan, columns, { ...read, start })
      options.onRead?.(end / total)
    }
  }
  const head = {
    name: source.name,
    schema,
    declared: withColumns(metadata.schema.map(declaredAs), added),
    // The order of bytes or of signed integers need not be that of the values they stand for.
    statistics: false,
    metadata: (metadata.key_value_metadata ?? []).filter(
      // Arrow's copy of the schema must match the columns one by one.
      ({ key }) => key !== 'ARROW:schema' || added.length === 0
    )
  }
  yield* parquetBytes(head, groups())
}

interface Window {
  /** Row of the first value. */
  start: number
  /** [columns of the source] the values by column name. */
  values: Map<string, ArrayLike<unknown>>
  rows: number
}

function* windows(metadata: FileMetaData): Generator<{ start: number; end: number }> {
  let first = 0
  for (const group of metadata.row_groups) {
    const last = first + Number(group.num_rows)
    for (let start = first; start < last; start += windowRows) {
      yield { start, end: Math.min(last, start + windowRows) }
    }
    first = last
  }
}

async function readWindow(
  source: Source,
  scan: ParquetScan,
  { start, end }: { start: number; end: number }
): Promise<Omit<Window, 'start'>> {
  const values = new Map<string, ArrayLike<unknown>>()
  for (const column of source.columns) {
    try {
      values.set(column, await scan.readColumn({ column, rowStart: start, rowEnd: end }))
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      throw new ErratumError(
        'bad-data',
        `${source.name}, rows ${start} to ${end - 1}: the column ${column} cannot be read ` +
          `(${reason}). If the file is sound, export as jsonl instead.`,
        { cause: error }
      )
    }
  }
  return { values, rows: end - start }
}

function editWindow(
  plan: EditPlan,
  columns: readonly SchemaElement[],
  window: Window
): ColumnValues[] {
  const edited = columns.map((column) => ({ name: column.name, values: [] as unknown[] }))
  for (let at = 0; at < window.rows; at++) {
    const row = window.start + at
    const touched = plan.weighted || plan.rows.has(row)
    const changes = touched ? changesOf(plan, recordAt(plan, window, at)) : {}
    if (!changes) continue
    columns.forEach((column, index) => {
      const value =
        column.name in changes
          ? toStorage(plan, column, { row, value: changes[column.name] })
          : window.values.get(column.name)![at]
      edited[index]!.values.push(value)
    })
  }
  return edited
}

/** The columns that edits look at, as the reader of data sets has them. */
function recordAt(plan: EditPlan, window: Window, at: number): SourceRecord {
  const row = window.start + at
  const spans = plan.rows.get(row)?.spans.keys() ?? []
  const fields: Fields = {}
  for (const column of [...spans, plan.labelColumn, weightColumn]) {
    const value = window.values.get(column)?.[at]
    const text = value instanceof Uint8Array ? Buffer.from(value).toString() : value
    fields[column] = typeof text === 'string' ? text.replace(/^\ufeff/, '') : text
  }
  return { row, line: 0, fields }
}

/** A new value as the column stores its values. */
function toStorage(
  plan: EditPlan,
  column: SchemaElement,
  edit: { row: number; value: unknown }
): unknown {
  const { value } = edit
  const { type, converted_type: meaning } = column
  if (type === 'BYTE_ARRAY' && typeof value === 'string') {
    return meaning === 'UTF8' ? value : new TextEncoder().encode(value)
  }
  if (type === 'BOOLEAN' && typeof value === 'boolean') return value
  if (type === 'INT64' && typeof value === 'bigint') return value
  if (type === 'INT64' && Number.isSafeInteger(value)) return BigInt(value as number)
  if (type === 'INT32' && (value as number) === Math.trunc(value as number)) return value
  if ((type === 'DOUBLE' || type === 'FLOAT') && typeof value === 'number') return value
  throw new ErratumError(
    'bad-data',
    `${plan.source.name}, row ${edit.row}: an edit sets the column ${column.name}, which is of ` +
      `type ${type ?? 'group'}, to "${String(value)}". Export as jsonl instead.`
  )
}

/** A column as the scan is to read it: strings as strings, all else as stored. */
function readAs(element: SchemaElement): SchemaElement {
  const { converted_type: converted, logical_type: logical, ...bare } = element
  if (element.type === undefined) return { ...bare, ...nesting(element) }
  const isText = converted === 'UTF8' || logical?.type === 'STRING'
  return isText ? { ...bare, converted_type: 'UTF8' } : bare
}

/** A column as its values are encoded. */
function storageOf(element: SchemaElement): SchemaElement {
  return element.type === 'INT96' ? { ...readAs(element), type: 'INT64' } : readAs(element)
}

/** A column as the finished file declares it: as the source does, but for what is not written. */
function declaredAs(element: SchemaElement): SchemaElement {
  const { logical_type: logical, ...bare } = element
  if (element.type === 'INT96') {
    const nanoseconds = { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'NANOS' } as const
    return { ...bare, type: 'INT64', logical_type: nanoseconds }
  }
  if (logical?.type !== 'INTEGER') return element
  // hyparquet-writer 0.17 writes the bit width as an i32 where the format has an i8, which other
  // readers refuse; the older annotation says the same.
  const integer = `${logical.isSigned ? '' : 'U'}INT_${logical.bitWidth}` as ConvertedType
  return { ...bare, converted_type: integer }
}

function nesting(element: SchemaElement): Pick<SchemaElement, 'converted_type'> {
  const converted = element.converted_type ?? element.logical_type?.type
  return converted === 'LIST' || converted === 'MAP' ? { converted_type: converted } : {}
}

function weightElement(name: string): SchemaElement {
  return { name, type: 'DOUBLE', repetition_type: 'REQUIRED' }
}

function withColumns(schema: SchemaElement[], added: SchemaElement[]): SchemaElement[] {
  const [root, ...rest] = schema
  return [{ ...root!, num_children: (root!.num_children ?? 0) + added.length }, ...rest, ...added]
}
