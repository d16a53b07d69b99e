/** Where the pieces of a text stand in it. */
import type { Span } from '../tokenize.ts'
import type { AddedToken } from './added-tokens.ts'
import type { Normalised } from './normalise.ts'
import type { SchemeWord } from './scheme.ts'

/** One piece of a text: its id and where it stands. */
export interface Piece extends Span {
  id: number
  /** Whether a whole word (pre-token) begins here. */
  startsWord: boolean
  /** Where an edit of the piece begins: `start`, or the space before it that belongs to the piece. */
  from: number
}

/** Adds the pieces of a word; `at` is the unit of the normalised text that its text begins at. */
export function place(word: SchemeWord, at: number, normalised: Normalised, pieces: Piece[]): void {
  const { ids, starts, ends } = word.pieces
  const first = at + word.start
  /** The original's offset that a unit begins at; a space put before the text has no place in it. */
  const originOf = (unit: number): number =>
    normalised.starts[Math.max(unit, at)] ?? normalised.ends.at(-1)!
  let unit = first
  let free = pieces.at(-1)?.end ?? 0
  ids.forEach((id, index) => {
    const next = first + ends[index]!
    const from = Math.max(originOf(unit), free)
    const end = next > at ? Math.max(normalised.ends[next - 1]!, from) : from
    const start = Math.min(Math.max(originOf(first + starts[index]!), from), end)
    pieces.push({ id, start, end, startsWord: index === 0, from })
    unit = next
    free = end
  })
}

/** A token that stands in the text as it is, perhaps with white space that it takes along. */
export function literalPiece({ id }: AddedToken, text: string, { start, end }: Span): Piece {
  const seen = end - text.slice(start, end).trimStart().length
  return { id, start: seen, end, startsWord: true, from: start }
}
