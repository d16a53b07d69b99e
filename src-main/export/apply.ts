/** Replays an `edits.json` on a copy of its data file, elsewhere and in any format. */
import { extname } from 'node:path'
import { formats, type Format, type ReadOptions, type Source } from '../dataset/source.ts'
import { openSource, sources } from '../dataset/sources.ts'
import { ErratumError } from '../errors.ts'
import { ContentHash } from './content-hash.ts'
import { readEditsFile, type EditsFile } from './edits-file.ts'
import { changesOf, planEdits, type EditPlan } from './row-edits.ts'
import { exportCurated } from './write-curated.ts'

/**
 * Writes to `outPath` what an export of the same edits writes, byte for byte where the format is the
 * data file's. The format is that of the extension of `outPath`, or the data file's own if it says
 * none. Throws `other-data`, saying what differs, if the data is not what the edits were made for.
 */
export async function applyEdits(
  editsPath: string,
  dataPath: string,
  outPath: string,
  options: Omit<ReadOptions, 'columns'> = {}
): Promise<void> {
  const file = await readEditsFile(editsPath)
  const source = await openSource(dataPath, { signal: options.signal })
  await requireSameData(file, source, options)
  await exportCurated({
    source,
    columns: file.data.columns,
    edits: file.edits,
    into: outPath,
    format: formatOf(outPath),
    ...options
  })
}

async function requireSameData(
  { data, edits }: EditsFile,
  source: Source,
  { signal }: ReadOptions
): Promise<void> {
  const plan = planEdits(source, data.columns, edits)
  const content = new ContentHash(source, data.columns)
  let misplaced: unknown
  for await (const record of source.records({ signal })) {
    content.add(record)
    misplaced ??= problemOf(plan, record)
  }
  if (content.rows !== data.rows) {
    throw otherData(
      source,
      `it has ${count(content.rows)} rows and the edits were made for ${count(data.rows)}, of ${data.file}`
    )
  }
  if (content.digest() === data.contentSha256) return
  if (misplaced) throw misplaced
  const { text, textPair, label } = data.columns
  const names = [text, textPair, label].filter((name) => name !== undefined)
  throw otherData(
    source,
    `it has as many rows as ${data.file}, but other content in the columns ${names.join(', ')}`
  )
}

/** What forbids the edits of a record, to name a row where one is known to differ. */
function problemOf(plan: EditPlan, record: Parameters<typeof changesOf>[1]): unknown {
  try {
    changesOf(plan, record)
    return undefined
  } catch (error) {
    return error
  }
}

function formatOf(path: string): Format | undefined {
  const extension = extname(path).toLowerCase()
  return formats.find((format) => sources[format].extensions.includes(extension))
}

function count(rows: number): string {
  return rows.toLocaleString('en-US')
}

function otherData(source: Source, difference: string): ErratumError {
  return new ErratumError(
    'other-data',
    `${source.name} is not the data that the edits were made for: ${difference}. ` +
      'Give an unchanged copy of that data, or make the fix again on this.'
  )
}
