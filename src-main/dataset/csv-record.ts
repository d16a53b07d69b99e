/**
 * Cuts one record out of CSV text. Spreadsheets and trainers agree on these rules: a field that
 * starts with a double quote runs to the next one that is not doubled, which a delimiter or a line
 * end must follow; a double quote anywhere else is a character. csv-parse cannot be lenient about
 * the one and strict about the other, so it would join two rows without a word, and its raw record
 * loses the \n of \r\n; the tests hold this file to the same fields as csv-parse.
 */
import { BrokenRecord, type Piece } from './text-stream.ts'

export interface Dialect {
  /** One character. */
  delimiter: string
  /** What ends a line; before a \n, one \r belongs to the end. */
  lineEnd: '\n' | '\r'
  /** Whether double quotes enclose fields. */
  quoted: boolean
}

const quote = 34
const carriageReturn = 13

/** The record at `start` with its line end and the blank lines after it; see `Take`. */
export function takeRecord(
  text: string,
  start: number,
  last: boolean,
  dialect: Dialect
): Piece<string[]> | undefined {
  const delimiter = dialect.delimiter.charCodeAt(0)
  const fields: string[] = []
  let at = start
  for (;;) {
    const enclosed = dialect.quoted && text.charCodeAt(at) === quote
    const field = enclosed
      ? takeEnclosed(text, at, last, dialect)
      : takeBare(text, at, last, dialect)
    if (!field) return undefined
    fields.push(field.value)
    at = field.end
    if (text.charCodeAt(at) !== delimiter) break
    at++
  }
  const end = skipBlankLines(text, Math.min(at + 1, text.length), last, dialect)
  return end === undefined ? undefined : { value: fields, end }
}

function takeBare(
  text: string,
  start: number,
  last: boolean,
  dialect: Dialect
): Piece<string> | undefined {
  const delimiter = dialect.delimiter.charCodeAt(0)
  const lineEnd = dialect.lineEnd.charCodeAt(0)
  let at = start
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === delimiter) return { value: text.slice(start, at), end: at }
    if (code === lineEnd) break
  }
  if (at === text.length && !last) return undefined
  const trimmed = at > start && text.charCodeAt(at - 1) === carriageReturn ? at - 1 : at
  return { value: text.slice(start, trimmed), end: at }
}

function takeEnclosed(
  text: string,
  start: number,
  last: boolean,
  dialect: Dialect
): Piece<string> | undefined {
  let value = ''
  let from = start + 1
  for (;;) {
    const close = text.indexOf('"', from)
    if (close < 0 || (close + 2 >= text.length && !last)) {
      if (!last) return undefined
      if (close < 0) throw new BrokenRecord(start, neverClosed)
    }
    value += text.slice(from, close)
    if (text.charCodeAt(close + 1) !== quote) {
      return { value, end: afterClose(text, close + 1, start, dialect) }
    }
    value += '"'
    from = close + 2
  }
}

/** The index of the delimiter or the line end that must follow a closing quote. */
function afterClose(text: string, close: number, open: number, dialect: Dialect): number {
  let at = close
  if (text[at] === '\r' && (at + 1 === text.length || text[at + 1] === '\n')) at++
  if (at === text.length || text[at] === dialect.lineEnd) return at
  if (at === close && text[at] === dialect.delimiter) return at
  throw new BrokenRecord(open, closedEarly(text.slice(close, close + 20)))
}

function skipBlankLines(
  text: string,
  start: number,
  last: boolean,
  dialect: Dialect
): number | undefined {
  let at = start
  for (;;) {
    if (text[at] === dialect.lineEnd) at++
    else if (text[at] === '\r' && text[at + 1] === dialect.lineEnd) at += 2
    else break
  }
  const undecided = at === text.length || (at + 1 === text.length && text[at] === '\r')
  return undecided && !last ? undefined : at
}

const neverClosed =
  'the double quote that opens a field here is never closed. Close it, or double it ("") if it belongs to the text.'

function closedEarly(rest: string): string {
  const shown = JSON.stringify(rest.split(/[\r\n]/, 1)[0])
  return `the double quote that opens a field here is closed before ${shown}, where a delimiter or the end of the line must follow. Double the quotes ("") that belong to the text.`
}
