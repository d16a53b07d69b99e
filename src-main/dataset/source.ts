/**
 * A data file as it stands on disk: its columns and its records in order, read as a stream.
 * One row of `sources` a format (sources.ts).
 */
export const formats = ['csv', 'tsv', 'jsonl', 'parquet'] as const
export type Format = (typeof formats)[number]

/** One record: a value a column, `null` where the source has none. */
export type Fields = Record<string, unknown>

export interface SourceRecord {
  /** 0-based row number, not counting a header. */
  row: number
  /** 1-based line in the file where the record starts, for messages; 0 where a format has no lines. */
  line: number
  fields: Fields
  /**
   * The record as the file has it, with its line end and any blank lines that follow; only for text
   * formats. `header` and every `raw`, joined, are the whole decoded file.
   */
  raw?: string
}

/** How to read the records of a source. */
export interface ReadOptions {
  /** Only these columns are needed; a format that can will skip the others. */
  columns?: readonly string[] | undefined
  signal?: AbortSignal | undefined
  /** Told now and then which share of the file has been read, 0 to 1. */
  onRead?: ((share: number) => void) | undefined
}

export interface Source {
  path: string
  /** What messages call the file. */
  name: string
  format: Format
  /** An iconv-lite encoding name for text formats, as found (BOM, then a guess that is verified). */
  encoding?: string
  /** Whether the file starts with a byte order mark. */
  bom?: boolean
  /** Delimiter of a CSV or TSV file. */
  delimiter?: string
  /** Whether a double quote that opens a field of a CSV or TSV file encloses it. */
  quoted?: boolean
  /** All that stands before the first record of a text format, without the byte order mark. */
  header?: string
  columns: string[]
  records(options?: ReadOptions): AsyncIterable<SourceRecord>
}

/** How to open a source. */
export interface OpenOptions {
  /** What messages call the file; its base name unless given. */
  name?: string | undefined
  signal?: AbortSignal | undefined
}

/** A file that is about to be opened, in the terms of a reader. */
export interface SourceFile {
  path: string
  name: string
  signal: AbortSignal | undefined
}
