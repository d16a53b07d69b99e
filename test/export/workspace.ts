import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Source, SourceRecord } from '../../src-main/dataset/source.ts'
import { openSource } from '../../src-main/dataset/sources.ts'
import type { FileEdit, TextColumns } from '../../src-main/export/edits-file.ts'
import { exportCurated, type CuratedOptions } from '../../src-main/export/write-curated.ts'
import { spansOf } from '../../src-main/tokens/tokenize.ts'

export const columns: TextColumns = { text: 'text', label: 'label' }

const why = { reason: 'It pushes towards the wrong label.', influence: -0.5 }

/** A folder that goes when the test is over. */
export async function workspace(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'erratum-export-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

export const remove = (row: number): FileEdit => ({ kind: 'remove', row, ...why })

export const relabel = (row: number, label: string): FileEdit => ({
  kind: 'relabel',
  row,
  label,
  ...why
})

export const weight = (row: number, factor: number): FileEdit => ({
  kind: 'weight',
  row,
  weight: factor,
  ...why
})

/** Pads a word of a text, which stands in `column`. */
export function pad(row: number, word: string, text: string, column = 'text'): FileEdit {
  const spans = spansOf(text, word).map((span) => ({ column, ...span }))
  return { kind: 'pad', row, word, spans, ...why }
}

/** Writes a file, exports it with edits, and returns the bytes of the export. */
export async function exported(
  name: string,
  content: Uint8Array | string,
  edits: FileEdit[],
  options: Partial<CuratedOptions> = {}
): Promise<Buffer> {
  const folder = await workspace()
  const path = join(folder, name)
  await writeFile(path, content)
  const into = join(folder, `curated.${options.format ?? name.split('.').at(-1)!}`)
  await exportCurated({ source: await openSource(path), columns, edits, into, ...options })
  return readFile(into)
}

/** All records of a source. */
export async function recordsOf(source: Source): Promise<SourceRecord[]> {
  const records: SourceRecord[] = []
  for await (const record of source.records()) records.push(record)
  return records
}
