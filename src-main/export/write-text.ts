/** Writes edited records as CSV, TSV or JSON lines. */
import iconv from 'iconv-lite'
import type { Fields, Source, SourceRecord } from '../dataset/source.ts'
import { ErratumError } from '../errors.ts'
import { replaceCells, toCell, type Dialect } from './csv-cells.ts'
import { replaceMembers } from './json-members.ts'
import { plainText, toJson } from './plain-text.ts'
import { weightColumn, type EditPlan } from './row-edits.ts'

/** A record and what the edits change in it. */
export interface EditedRecord {
  record: SourceRecord
  changes: Fields
}

/** Characters gathered before they are encoded and written. */
const chunkLength = 1 << 18

/** The file in the source's own format: every character that no edit touches stays as it is. */
export function rewriteText(
  source: Source,
  plan: EditPlan,
  records: AsyncIterable<EditedRecord>
): AsyncGenerator<Buffer> {
  const rewrite = source.format === 'jsonl' ? replaceMembers : cellRewriter(source, plan)
  async function* lines(): AsyncGenerator<string> {
    yield headerOf(source, plan)
    for await (const { record, changes } of records) {
      const raw = record.raw ?? ''
      yield Object.keys(changes).length === 0 ? raw : checkEncodes(source, rewrite(raw, changes))
    }
  }
  return encoded(lines(), source.encoding ?? 'utf8', source.bom ?? false)
}

/** The records as CSV or TSV in UTF-8, whatever format they come from. */
export function convertToCells(
  format: 'csv' | 'tsv',
  plan: EditPlan,
  records: AsyncIterable<EditedRecord>
): AsyncGenerator<Buffer> {
  const dialect: Dialect = { delimiter: format === 'csv' ? ',' : '\t', quoted: true, lineEnd: '\n' }
  const toLine = (values: string[]): string => {
    const cells = values.map((value) => toCell(value, dialect))
    // A lone empty cell would be a blank line, which readers skip.
    return `${cells.length === 1 && cells[0] === '' ? '""' : cells.join(dialect.delimiter)}\n`
  }
  async function* lines(): AsyncGenerator<string> {
    yield toLine(plan.columns)
    for await (const { record, changes } of records) {
      const fields = { ...record.fields, ...changes }
      yield toLine(plan.columns.map((column) => plainText(fields[column])))
    }
  }
  return encoded(lines(), 'utf8', false)
}

/** The records as JSON lines in UTF-8, whatever format they come from. */
export function convertToJsonLines(
  plan: EditPlan,
  records: AsyncIterable<EditedRecord>
): AsyncGenerator<Buffer> {
  async function* lines(): AsyncGenerator<string> {
    for await (const { record, changes } of records) {
      const fields = { ...record.fields, ...changes }
      // Not by way of an object, which would put names such as "2" first.
      const members = plan.columns.map(
        (column) => `${JSON.stringify(column)}:${toJson(fields[column] ?? null)}`
      )
      yield `{${members.join(',')}}\n`
    }
  }
  return encoded(lines(), 'utf8', false)
}

function headerOf(source: Source, plan: EditPlan): string {
  const header = source.header ?? ''
  if (source.format === 'jsonl' || plan.columns.length === source.columns.length) return header
  const from = header.length - header.replace(/^[\r\n]+/, '').length
  return replaceCells(
    header,
    from,
    new Map([[source.columns.length, weightColumn]]),
    dialectOf(source)
  )
}

function cellRewriter(source: Source, plan: EditPlan): (raw: string, changes: Fields) => string {
  const dialect = dialectOf(source)
  return (raw, changes) => {
    const cells = Object.entries(changes).map(
      ([column, value]) => [plan.columns.indexOf(column), plainText(value)] as const
    )
    return replaceCells(raw, 0, new Map(cells), dialect)
  }
}

function dialectOf(source: Source): Dialect {
  const header = source.header ?? ''
  return {
    delimiter: source.delimiter ?? ',',
    quoted: source.quoted ?? true,
    lineEnd: header.includes('\r') && !header.includes('\n') ? '\r' : '\n'
  }
}

/** The text again, if the file's encoding has all its characters. */
function checkEncodes(source: Source, text: string): string {
  const encoding = source.encoding ?? 'utf8'
  if (/^utf/.test(encoding)) return text
  if (iconv.decode(iconv.encode(text, encoding), encoding) === text) return text
  throw new ErratumError(
    'bad-data',
    `${source.name} is in the encoding ${encoding}, which lacks a character of an edited row: ` +
      `${JSON.stringify(text.slice(0, 60))}. Export as jsonl instead.`
  )
}

async function* encoded(
  lines: AsyncIterable<string>,
  encoding: string,
  bom: boolean
): AsyncGenerator<Buffer> {
  const encoder = iconv.getEncoder(encoding as iconv.Encoding, { addBOM: bom })
  let text = ''
  for await (const line of lines) {
    text += line
    if (text.length < chunkLength) continue
    yield encoder.write(text)
    text = ''
  }
  yield encoder.write(text)
  const rest = encoder.end()
  if (rest) yield rest
}
