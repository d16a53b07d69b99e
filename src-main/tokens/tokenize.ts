/**
 * Cuts a text into words, the same way for training and for export. A token keeps the span of its
 * surface in the original text, so that an edit lands on the text as the user wrote it, whatever
 * lower-casing and normalising do to its length (İ, ﬁ, ㎏).
 *
 * A token is a run of letters, marks and digits with single inner apostrophes, inner underscores and
 * joiners (don't, l'avion, snake_case); or one ideograph; or one emoji sequence; or one punctuation
 * mark or symbol with the marks on it. Whitespace, control characters and lone surrogates separate.
 * The literal [PAD] is a token of its own, so that a curated data set trains as the edit did.
 */
import { ErratumError } from '../errors.ts'
import { classify, type CharacterKind } from './characters.ts'

/** A half-open range of UTF-16 offsets into a text. */
export interface Span {
  start: number
  end: number
}

/** One word of a text: its normalised spelling and where its surface stands. */
export interface Token extends Span {
  word: string
}

/**
 * Most marks on one letter or symbol before a new token begins, as in Unicode's Stream-Safe Text
 * Format (UAX #15): without a bound, normalising takes time quadratic in the number of marks.
 */
const mostMarks = 30

const joiner = 0x200d

/** Whether a code unit is a letter or digit of ASCII. */
const plainLetters = Array.from({ length: 128 }, (_, unit) =>
  /[A-Za-z0-9]/.test(String.fromCharCode(unit))
)

/**
 * What an edit writes into a text in place of a word, and what tokenizers of BERT's kind know as
 * their padding; read back as that.
 */
export const padLiteral = '[PAD]'

/** The spelling under which a surface is counted: NFKC and lower case. */
export function normaliseWord(surface: string): string {
  if (isAscii(surface)) return surface.toLowerCase()
  return surface.normalize('NFKC').toLowerCase().normalize('NFKC')
}

/** The words of a text in order; spans ascend and do not overlap. Time is linear in the length. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = []
  let start = 0
  while (start < text.length) {
    const padded = text.startsWith(padLiteral, start)
    const end = padded ? start + padLiteral.length : endOfToken(text, start)
    const surface = text.slice(start, end)
    if (end > start) tokens.push({ word: padded ? surface : normaliseWord(surface), start, end })
    start = end > start ? end : start + widthAt(text, start)
  }
  return tokens
}

/** Where a word, as `tokenize` spells it, stands in a text. */
export function spansOf(text: string, word: string): Span[] {
  return tokenize(text)
    .filter((token) => token.word === word)
    .map(({ start, end }) => ({ start, end }))
}

/**
 * The text with `literal`, or the span's own replacement, in place of each span; spans must ascend,
 * not overlap and lie in the text.
 */
export function replaceSpans(
  text: string,
  spans: readonly (Span & { replacement?: string | undefined })[],
  literal: string
): string {
  const parts: string[] = []
  let from = 0
  for (const { start, end, replacement = literal } of spans) {
    if (!(start >= from && end > start && end <= text.length)) {
      throw new ErratumError(
        'bad-argument',
        `Replacing words in a text of ${text.length} characters: the span ${start} to ${end} after ` +
          `offset ${from} is out of order or outside the text. Give ascending spans of this text.`
      )
    }
    parts.push(text.slice(from, start), replacement)
    from = end
  }
  parts.push(text.slice(from))
  return parts.join('')
}

/** The end of the token that starts here, or `start` itself where a separator stands. */
function endOfToken(text: string, start: number): number {
  switch (kindAt(text, start)) {
    case 'separator':
    case 'format':
      return start
    case 'letter':
    case 'mark':
      return endOfWord(text, start)
    case 'pictograph':
      return endOfEmoji(text, start)
    case 'regional':
      return endOfFlag(text, start)
    case 'ideograph':
    case 'apostrophe':
    case 'underscore':
    case 'symbol':
    case 'tone':
    case 'tag':
      return skipMarks(text, start + widthAt(text, start))
  }
}

function endOfWord(text: string, start: number): number {
  let end = start
  for (;;) {
    end = skipLetters(text, end)
    const afterMarks = skipMarks(text, end)
    if (kindAt(text, afterMarks) === 'mark') return afterMarks
    if (afterMarks > end && kindAt(text, afterMarks) === 'letter') {
      end = afterMarks
      continue
    }
    const next = skipInner(text, afterMarks)
    if (next === afterMarks || kindAt(text, next) !== 'letter') return afterMarks
    end = next
  }
}

/** Past letters and digits. Most are ASCII's, which need no look at their kind. */
function skipLetters(text: string, from: number): number {
  let end = from
  for (;;) {
    if (plainLetters[text.charCodeAt(end)]) end += 1
    else if (kindAt(text, end) === 'letter') end += widthAt(text, end)
    else return end
  }
}

/** Past one apostrophe, one joiner or a run of underscores: what may stand inside a word. */
function skipInner(text: string, at: number): number {
  const kind = kindAt(text, at)
  if (kind === 'apostrophe' || kind === 'format') return at + 1
  let end = at
  while (kindAt(text, end) === 'underscore') end += 1
  return end
}

/** Pictographs joined by zero-width joiners, each with its variation selectors, skin tone and tags. */
function endOfEmoji(text: string, start: number): number {
  let end = start
  for (;;) {
    end = skipMarks(text, end + widthAt(text, end))
    if (kindAt(text, end) === 'tone') end += widthAt(text, end)
    while (kindAt(text, end) === 'tag') end += widthAt(text, end)
    if (text.charCodeAt(end) !== joiner || kindAt(text, end + 1) !== 'pictograph') return end
    end += 1
  }
}

function endOfFlag(text: string, start: number): number {
  const second = start + widthAt(text, start)
  return kindAt(text, second) === 'regional' ? second + widthAt(text, second) : second
}

function skipMarks(text: string, from: number): number {
  let end = from
  for (let count = 0; count < mostMarks && kindAt(text, end) === 'mark'; count += 1) {
    end += widthAt(text, end)
  }
  return end
}

function kindAt(text: string, at: number): CharacterKind {
  const point = text.codePointAt(at)
  return point === undefined ? 'separator' : classify(point)
}

function widthAt(text: string, at: number): number {
  return text.codePointAt(at)! > 0xffff ? 2 : 1
}

function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) > 0x7f) return false
  return true
}
