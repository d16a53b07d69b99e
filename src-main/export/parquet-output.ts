/** A Parquet file written row group by row group, as a stream of bytes. */
import { ByteWriter, ParquetWriter } from 'hyparquet-writer'
import type { KeyValue, SchemaElement } from 'hyparquet'
import { ErratumError } from '../errors.ts'

/** One column of the file: its name and [rows] its values in a row group. */
export interface ColumnValues {
  name: string
  values: unknown[]
}

/** What the file is to say of itself. */
export interface ParquetHead {
  /** What messages call the data. */
  name: string
  /** The types by which values are encoded. */
  schema: SchemaElement[]
  /** The types that the file declares, where they say more than those of `schema`; same storage. */
  declared?: SchemaElement[]
  metadata?: KeyValue[]
  /** Whether to write least and greatest values, as fits where `declared` orders values as `schema` does. */
  statistics: boolean
}

/** Rows gathered before they are written as one row group. */
export const rowsInGroup = 20_000

/** The file's bytes; memory is bounded by a row group. */
export async function* parquetBytes(
  head: ParquetHead,
  groups: AsyncIterable<ColumnValues[]>
): AsyncGenerator<Uint8Array> {
  const buffer = new ByteWriter()
  const writer = new ParquetWriter({
    writer: buffer,
    schema: head.schema,
    statistics: head.statistics,
    createdBy: 'Erratum',
    ...(head.metadata ? { kvMetadata: head.metadata } : {})
  })
  for await (const group of groups) {
    const rowGroupSize = group[0]?.values.length ?? 0
    if (rowGroupSize === 0) continue
    const columnData = group.map(({ name, values }) => ({ name, data: values }))
    await writable(head.name, () => writer.write({ columnData, rowGroupSize }))
    yield takeBytes(buffer)
  }
  writer.schema = head.declared ?? head.schema
  await writer.finish()
  yield takeBytes(buffer)
}

/** Some values have no way into Parquet, such as those of a map whose keys are numbers. */
async function writable(name: string, write: () => void | Promise<void>): Promise<void> {
  try {
    await write()
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new ErratumError(
      'bad-data',
      `${name} cannot be written as Parquet (${reason}). Export as jsonl instead.`,
      { cause: error }
    )
  }
}

function takeBytes(buffer: ByteWriter): Uint8Array {
  const bytes = buffer.getBytes().slice()
  buffer.index = 0
  return bytes
}
