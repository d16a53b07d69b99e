/** Reads JSONL: one JSON object a line. */
import { ErratumError } from '../errors.ts'
import { emptyFile, findEncoding } from './encoding.ts'
import type { Fields, ReadOptions, Source, SourceFile, SourceRecord } from './source.ts'
import { cutRecords, type Piece, type TextFile } from './text-stream.ts'
import { place } from './wording.ts'

/** How many records are looked at for the names of the columns, since none need hold them all. */
const lookedAt = 1000

/** Opens a JSONL file; its columns are the keys of its first 1,000 records. */
export async function openJsonl(file: SourceFile): Promise<Source> {
  const text = await findEncoding(file)
  const columns = new Set<string>()
  for await (const { row, fields } of readLines(text)) {
    for (const key of Object.keys(fields)) columns.add(key)
    if (row + 1 === lookedAt) break
  }
  if (columns.size === 0) throw emptyFile(file)
  return {
    path: file.path,
    name: file.name,
    format: 'jsonl',
    encoding: text.encoding,
    bom: text.bom,
    header: await headerOf(text),
    columns: [...columns],
    records: (options) => readLines(text, options)
  }
}

/** Blank lines that the file may start with. */
async function headerOf(file: TextFile): Promise<string> {
  for await (const { value, raw } of cutRecords(file, takeLine)) return isBlank(value) ? raw : ''
  return ''
}

async function* readLines(file: TextFile, options?: ReadOptions): AsyncGenerator<SourceRecord> {
  let row = 0
  for await (const { value, raw, line } of cutRecords(file, takeLine, options)) {
    if (isBlank(value)) continue
    yield { row, line, fields: parse(file, value, { row, line }), raw }
    row++
  }
}

/** A line with the blank lines after it; a file may start with blank lines, which make one piece. */
function takeLine(text: string, start: number, last: boolean): Piece<string> | undefined {
  let end = text.indexOf('\n', start)
  if (end < 0) return last ? { value: text.slice(start), end: text.length } : undefined
  const value = text.slice(start, end)
  while (end < text.length && /\s/.test(text[end]!)) end++
  if (end === text.length && !last) return undefined
  return { value, end }
}

function isBlank(line: string): boolean {
  return line.trim() === ''
}

function parse(file: SourceFile, line: string, record: { row: number; line: number }): Fields {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new ErratumError(
      'bad-data',
      `${place(file.name, record)}: the line is not JSON (${reason}). Each line must hold one JSON object.`,
      { cause: error }
    )
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields
  throw new ErratumError(
    'bad-data',
    `${place(file.name, record)}: the line holds ${Array.isArray(value) ? 'a list' : 'a single value'}, not a JSON object such as {"text": "…", "label": "…"}. Write one object a line.`
  )
}
