/**
 * Writes the curated data set: the data file as it was, with the edits made. Every row of the file
 * is in it but those that are removed, the held-out ones too, so that a split column goes on
 * working and any trainer that reads the original reads the copy.
 */
import { realpath } from 'node:fs/promises'
import type { Format, Source } from '../dataset/source.ts'
import { ErratumError, throwIfCancelled } from '../errors.ts'
import { writeFileAtomically } from '../files/write.ts'
import { convertToParquet, surveyColumns } from './convert-parquet.ts'
import type { FileEdit, TextColumns } from './edits-file.ts'
import { rewriteParquet } from './rewrite-parquet.ts'
import { changesOf, checkAllRowsSeen, planEdits, type EditPlan } from './row-edits.ts'
import { convertToCells, convertToJsonLines, rewriteText, type EditedRecord } from './write-text.ts'

/** What to export, and where to. */
export interface CuratedOptions {
  source: Source
  columns: TextColumns
  edits: readonly FileEdit[]
  /** Path of the file to write; its folder must exist, and it must not be the source. */
  into: string
  /** The source's own unless given. */
  format?: Format | undefined
  signal?: AbortSignal | undefined
  /** Told now and then which share of the source has been read, 0 to 1. */
  onRead?: ((share: number) => void) | undefined
}

/**
 * Writes the curated data set, all or nothing, in memory that does not grow with it. In the source's
 * own format every byte of a text file that no edit touches stays as it is, and so does every type
 * of a Parquet file. Throws `cannot-write`, `cancelled`, `other-data` where a word is not where an
 * edit has it, and `bad-argument` for edits that contradict each other.
 */
export async function exportCurated(options: CuratedOptions): Promise<void> {
  await refuseSource(options.source, options.into)
  await writeFileAtomically(options.into, await curatedBytes(options))
}

async function curatedBytes(options: CuratedOptions): Promise<AsyncIterable<Uint8Array>> {
  const { source, columns, edits, signal, onRead } = options
  const format = options.format ?? source.format
  const plan = planEdits(source, columns, edits)
  if (format === source.format) {
    if (format !== 'parquet') return rewriteText(source, plan, editedRecords(options, plan))
    return rewriteParquet(source, plan, { signal, onRead })
  }
  const types = await surveyColumns(source, signal)
  const whole = planEdits({ name: source.name, columns: [...types.keys()] }, columns, edits)
  const records = editedRecords(options, whole)
  switch (format) {
    case 'csv':
    case 'tsv':
      return convertToCells(format, whole, records)
    case 'jsonl':
      return convertToJsonLines(whole, records)
    case 'parquet':
      return convertToParquet(whole, types, records)
  }
}

/** The records that are not removed, with what changes in them. */
async function* editedRecords(
  { source, signal, onRead }: CuratedOptions,
  plan: EditPlan
): AsyncGenerator<EditedRecord> {
  let rows = 0
  for await (const record of source.records({ signal, onRead })) {
    throwIfCancelled(signal)
    const changes = changesOf(plan, record)
    if (changes) yield { record, changes }
    rows = record.row + 1
  }
  checkAllRowsSeen(plan, rows)
}

async function refuseSource(source: Source, into: string): Promise<void> {
  const [from, to] = await Promise.all([
    realpath(source.path),
    realpath(into).catch(() => undefined)
  ])
  if (from !== to) return
  throw new ErratumError(
    'bad-argument',
    `${into} is the data file itself, which an export must not replace. Choose another name.`
  )
}
