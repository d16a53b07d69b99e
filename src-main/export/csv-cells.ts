/** Changes single cells of a CSV record and leaves every other character of it as it is. */
import { ErratumError } from '../errors.ts'
import type { Span } from '../tokens/tokenize.ts'

/** How a file writes its cells. */
export interface Dialect {
  delimiter: string
  /** Whether a double quote that opens a cell encloses it. */
  quoted: boolean
  lineEnd: '\n' | '\r'
}

/** The spans of the cells of the record that starts at `from`, quotes included. */
export function cellsOf(text: string, from: number, dialect: Dialect): Span[] {
  const cells: Span[] = []
  for (let start = from; ; start = cells.at(-1)!.end + 1) {
    const end =
      dialect.quoted && text[start] === '"'
        ? endOfEnclosed(text, start)
        : endOfBare(text, start, dialect)
    cells.push({ start, end })
    if (text[end] !== dialect.delimiter) return cells
  }
}

/** The record with new values in some cells, by index; an index past the last cell appends one. */
export function replaceCells(
  raw: string,
  from: number,
  values: ReadonlyMap<number, string>,
  dialect: Dialect
): string {
  const cells = cellsOf(raw, from, dialect)
  let text = raw.slice(0, from)
  let done = from
  cells.forEach(({ start, end }, at) => {
    const value = values.get(at)
    if (value === undefined) return
    const enclosed = dialect.quoted && raw[start] === '"'
    text += raw.slice(done, start) + (enclosed ? enclose(value) : toCell(value, dialect))
    done = end
  })
  const last = cells.at(-1)!.end
  const appended = values.get(cells.length)
  text += raw.slice(done, last)
  if (appended !== undefined) text += dialect.delimiter + toCell(appended, dialect)
  return text + raw.slice(last)
}

/** A value as a cell, in quotes only where it needs them. */
export function toCell(value: string, dialect: Dialect): string {
  const breaks = value.includes(dialect.delimiter) || /[\r\n]/.test(value)
  if (dialect.quoted) return breaks || value.startsWith('"') ? enclose(value) : value
  if (!breaks) return value
  throw new ErratumError(
    'bad-data',
    `The file knows no quoting, so the value ${JSON.stringify(value.slice(0, 60))} cannot stand in ` +
      'it: it holds a delimiter or a line break. Export as jsonl instead.'
  )
}

function enclose(value: string): string {
  return `"${value.replaceAll('"', '""')}"`
}

function endOfEnclosed(text: string, start: number): number {
  for (let close = text.indexOf('"', start + 1); close >= 0; close = text.indexOf('"', close + 2)) {
    if (text[close + 1] !== '"') return close + 1
  }
  return text.length
}

function endOfBare(text: string, start: number, dialect: Dialect): number {
  let end = start
  while (end < text.length && text[end] !== dialect.delimiter && text[end] !== dialect.lineEnd)
    end++
  const atLineEnd = end === text.length || text[end] === dialect.lineEnd
  return atLineEnd && end > start && text[end - 1] === '\r' ? end - 1 : end
}
