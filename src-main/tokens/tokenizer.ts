/** What the rest of Erratum asks of a text's words, whatever a model makes tokens of. */
import type { Span } from './tokenize.ts'
import { padLiteral, tokenize } from './tokenize.ts'
import type { Vocabulary } from './vocabulary.ts'

/** A word of a text, spelled as the vocabulary spells it, and where it stands. */
export interface TextWord extends Span {
  word: string
  /** Tokens that it is made of. */
  tokens: number
  /** Where an edit of it begins: `start`, or the space before it that belongs to its first token. */
  from: number
}

export interface Tokenizer {
  /** Rows of the embedding. */
  readonly size: number
  /** All that decides which tokens a text becomes, as JSON. */
  readonly content: unknown
  /** What an edit writes in place of each token of a word: read back, it is padding. */
  readonly padLiteral: string
  /** The words of a text in order; their places ascend and do not overlap. */
  wordsIn(text: string): TextWord[]
}

/** Where a word of the vocabulary stands in a text. */
export function placesOf(tokenizer: Tokenizer, text: string, word: string): TextWord[] {
  return tokenizer.wordsIn(text).filter((found) => found.word === word)
}

/** Where every word of a text stands. */
export function placesByWord(tokenizer: Tokenizer, text: string): Map<string, TextWord[]> {
  const places = new Map<string, TextWord[]>()
  for (const place of tokenizer.wordsIn(text)) {
    const known = places.get(place.word)
    if (known) known.push(place)
    else places.set(place.word, [place])
  }
  return places
}

/** Of a model whose tokens are words. */
export function wordTokenizer(vocabulary: Vocabulary): Tokenizer {
  return {
    size: vocabulary.size,
    content: vocabulary.words,
    padLiteral,
    wordsIn: (text) => tokenize(text).map((token) => ({ ...token, from: token.start, tokens: 1 }))
  }
}
