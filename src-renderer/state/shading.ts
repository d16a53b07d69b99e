/** Cuts a text into pieces, so that words can be shaded behind their letters. */

export interface WordInText {
  word: string
  /** Signed: negative is against the true label, positive for it. */
  influence: number
  /** [start, end) in UTF-16 code units, ascending. */
  spans: readonly (readonly [number, number])[]
}

export interface Piece {
  text: string
  start: number
  /** The word that stands here; undefined between words and for words without a share. */
  word: WordInText | undefined
}

/** The whole text in pieces, in order. */
export function piecesOf(text: string, words: readonly WordInText[]): Piece[] {
  const places = words
    .flatMap((word) => word.spans.map(([start, end]) => ({ word, start, end })))
    .sort((a, b) => a.start - b.start)
  const pieces: Piece[] = []
  let from = 0
  const plain = (to: number) => {
    if (to > from) pieces.push({ text: text.slice(from, to), start: from, word: undefined })
  }
  for (const { word, start, end } of places) {
    if (start < from || end > text.length) continue
    plain(start)
    pieces.push({ text: text.slice(start, end), start, word })
    from = end
  }
  plain(text.length)
  return pieces
}

/** The largest size of an influence among words: what the full shade stands for. */
export function largestInfluence(words: Iterable<{ influence: number }>): number {
  let largest = 0
  for (const { influence } of words) largest = Math.max(largest, Math.abs(influence))
  return largest
}

/** How strongly a word is shaded, 0 to 1; the root lets small shares be seen beside large ones. */
export function shadeOf(influence: number, largest: number): number {
  return largest > 0 ? Math.sqrt(Math.min(Math.abs(influence) / largest, 1)) : 0
}

/**
 * Part of a long text around its most strongly shaded word. It begins with a whole word where one
 * begins before that, and cuts no character in two.
 */
export function excerpt(
  text: string,
  words: readonly WordInText[],
  characters: number
): { start: number; end: number } {
  if (text.length <= characters) return { start: 0, end: text.length }
  const strongest = words
    .filter(({ spans }) => spans.length > 0)
    .toSorted((a, b) => Math.abs(b.influence) - Math.abs(a.influence))[0]
  const at = strongest?.spans[0]?.[0] ?? 0
  const wanted = Math.max(0, Math.min(at - Math.floor(characters / 3), text.length - characters))
  const next = wanted === 0 ? 0 : text.indexOf(' ', wanted) + 1
  const start = next > 0 && next <= at ? next : wanted
  return { start: whole(text, start), end: whole(text, Math.min(start + characters, text.length)) }
}

/** The place, or the one before it where it lies within a pair of surrogates. */
function whole(text: string, at: number): number {
  return /^[\uD800-\uDBFF][\uDC00-\uDFFF]/.test(text.slice(at - 1, at + 1)) ? at - 1 : at
}
