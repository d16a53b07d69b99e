/** What differs between kinds of tokenizers: WordPiece and byte-level BPE. */
import type { Normalised } from './normalise.ts'
import type { WordPieces } from './word-cache.ts'

/** A word of a normalised text; `start` is -1 where the scheme has put a space before the text. */
export interface SchemeWord {
  start: number
  pieces: WordPieces
}

export interface Scheme {
  /** The text as the model sees it; `at` is where it begins in the original. */
  normalise(text: string, at: number): Normalised
  /** The words of a normalised text, in order. */
  words(text: string): Iterable<SchemeWord>
  /** How a word of these pieces, as the vocabulary spells them, reads on screen. */
  spell(pieces: readonly string[]): string
}
