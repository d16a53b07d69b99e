/** Reads Parquet, one row group at a time, so that memory is bounded by a row group. */
import { stat } from 'node:fs/promises'
import zlib from 'node:zlib'
import {
  asyncBufferFromFile,
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
  type AsyncBuffer,
  type Compressors,
  type FileMetaData
} from 'hyparquet'
import { ErratumError, throwIfCancelled } from '../errors.ts'
import { emptyFile } from './encoding.ts'
import type { ReadOptions, Source, SourceFile, SourceRecord } from './source.ts'

interface Opened {
  file: SourceFile
  buffer: AsyncBuffer
  metadata: FileMetaData
}

type Decompress = (input: Uint8Array) => Uint8Array

/** Node has it from version 22.15 on, newer than the types. */
const zstd = Reflect.get(zlib, 'zstdDecompressSync') as Decompress | undefined

/** The compressions that Node brings along; Snappy is built into the reader. */
const compressors: Compressors = {
  GZIP: (input) => zlib.gunzipSync(input),
  BROTLI: (input) => zlib.brotliDecompressSync(input),
  ...(zstd ? { ZSTD: zstd } : {})
}

/** Opens a Parquet file; its columns are the top level of its schema. */
export async function openParquet(file: SourceFile): Promise<Source> {
  if ((await stat(file.path)).size === 0) throw emptyFile(file)
  const { buffer, metadata } = await readable(file, async () => {
    const buffer = await asyncBufferFromFile(file.path)
    return { buffer, metadata: await parquetMetadataAsync(buffer) }
  })
  return {
    path: file.path,
    name: file.name,
    format: 'parquet',
    columns: parquetSchema(metadata).children.map((child) => child.element.name),
    records: (options) => readGroups({ file, buffer, metadata }, options)
  }
}

async function* readGroups(
  opened: Opened,
  options: ReadOptions = {}
): AsyncGenerator<SourceRecord> {
  const { file, buffer, metadata } = opened
  const total = Number(metadata.num_rows)
  let row = 0
  for (const group of metadata.row_groups) {
    throwIfCancelled(options.signal ?? file.signal)
    const rowStart = row
    const rowEnd = rowStart + Number(group.num_rows)
    const objects = await readable(file, () =>
      parquetReadObjects({
        file: buffer,
        metadata,
        rowStart,
        rowEnd,
        compressors,
        ...(options.columns ? { columns: [...options.columns] } : {})
      })
    )
    for (const fields of objects) yield { row: row++, line: 0, fields }
    options.onRead?.(total ? row / total : 1)
  }
}

async function readable<T>(file: SourceFile, read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new ErratumError(
      'bad-data',
      `${file.name}: the file cannot be read as Parquet (${reason}). If it is damaged, write it again; the compressions read are none, ${['SNAPPY', ...Object.keys(compressors)].join(', ')}.`,
      { cause: error }
    )
  }
}
