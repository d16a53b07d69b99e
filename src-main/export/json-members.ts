/** Changes single members of a JSON object in a line and leaves every other character of it as it is. */
import type { Fields } from '../dataset/source.ts'
import type { Span } from '../tokens/tokenize.ts'
import { toJson } from './plain-text.ts'

interface Members {
  /** The value's span by name; of a name that comes twice, the last, as parsers have it. */
  values: Map<string, Span>
  /** Where the closing brace stands. */
  close: number
}

/** The line with new values for some members; members it lacks are added at its end. */
export function replaceMembers(raw: string, changes: Fields): string {
  const { values, close } = membersOf(raw)
  const replacements: { start: number; end: number; text: string }[] = []
  let added = ''
  const spaced = /^\s*\{\s*"[^"]*":\s/.test(raw)
  for (const [name, value] of Object.entries(changes)) {
    const span = values.get(name)
    if (span) {
      const escaped = isAsciiOf(raw, span)
      replacements.push({ ...span, text: escaped ? escapeNonAscii(toJson(value)) : toJson(value) })
    } else {
      const comma = values.size > 0 || added !== '' ? (spaced ? ', ' : ',') : ''
      added += `${comma}${JSON.stringify(name)}:${spaced ? ' ' : ''}${toJson(value)}`
    }
  }
  const end = endOfLastValue(raw, close)
  if (added) replacements.push({ start: end, end, text: added })
  replacements.sort((a, b) => a.start - b.start)
  let text = ''
  let from = 0
  for (const replacement of replacements) {
    text += raw.slice(from, replacement.start) + replacement.text
    from = replacement.end
  }
  return text + raw.slice(from)
}

/** The members of the object in a line that is known to be valid JSON. */
function membersOf(raw: string): Members {
  const values = new Map<string, Span>()
  let at = skipSpace(raw, raw.indexOf('{') + 1)
  while (raw[at] !== '}') {
    const nameEnd = endOfString(raw, at)
    const name = JSON.parse(raw.slice(at, nameEnd)) as string
    const start = skipSpace(raw, skipSpace(raw, nameEnd) + 1)
    const end = endOfValue(raw, start)
    values.set(name, { start, end })
    at = skipSpace(raw, end)
    if (raw[at] === ',') at = skipSpace(raw, at + 1)
  }
  return { values, close: at }
}

function endOfValue(raw: string, start: number): number {
  let depth = 0
  let at = start
  do {
    const character = raw[at]
    if (character === '"') at = endOfString(raw, at)
    else if (character === '{' || character === '[') {
      depth++
      at++
    } else if (character === '}' || character === ']') {
      depth--
      at++
    } else if (depth > 0) at++
    else return endOfScalar(raw, at)
  } while (depth > 0)
  return at
}

function endOfScalar(raw: string, start: number): number {
  let at = start
  while (/[-+.\w]/.test(raw[at] ?? '')) at++
  return at
}

function endOfString(raw: string, start: number): number {
  let at = start + 1
  while (raw[at] !== '"') at += raw[at] === '\\' ? 2 : 1
  return at + 1
}

function endOfLastValue(raw: string, close: number): number {
  let end = close
  while (/\s/.test(raw[end - 1] ?? '')) end--
  return end
}

function skipSpace(raw: string, from: number): number {
  let at = from
  while (/[ \t\r\n]/.test(raw[at] ?? '')) at++
  return at
}

/** Whether a value is spelled in ASCII only, as many writers of JSON do by default. */
function isAsciiOf(raw: string, span: Span): boolean {
  for (let at = span.start; at < span.end; at++) if (raw.charCodeAt(at) > 0x7f) return false
  return true
}

function escapeNonAscii(json: string): string {
  return json.replace(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
  )
}
