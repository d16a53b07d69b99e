/**
 * A data file as it stands on disk: its columns and its records in order, read as a stream.
 * One row of `sources` a format.
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
  /** The record as the file has it, with its line end; only for text formats. */
  raw?: string
}

export interface Source {
  path: string
  format: Format
  /** An iconv-lite encoding name for text formats, as found (BOM, then a guess that is verified). */
  encoding?: string
  /** Whether the file starts with a byte order mark. */
  bom?: boolean
  /** Delimiter of a CSV or TSV file. */
  delimiter?: string
  columns: string[]
  records(): AsyncIterable<SourceRecord>
}
