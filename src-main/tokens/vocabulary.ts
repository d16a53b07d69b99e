/** The words that a model knows. Ids are rows of its embedding; the special tokens come first. */
import { ErratumError } from '../errors.ts'
import { padLiteral, tokenize } from './tokenize.ts'

export const specialTokens = [padLiteral, '[UNK]', '[CLS]', '[SEP]'] as const

/** Ids of the special tokens. The embedding of [PAD] is zero and stays so. */
export const padId = 0
export const unknownId = 1
export const startId = 2
export const separatorId = 3

/** Whether an edit may replace the word: special tokens and [UNK], which is no one word, are out. */
export function isEditable(wordId: number): boolean {
  return wordId >= specialTokens.length
}

export interface VocabularySettings {
  /** A word that stands in fewer training texts is [UNK]. */
  minimumTexts: number
  /** The most frequent words that are kept, special tokens not counted. */
  maximumWords: number
}

export class Vocabulary {
  /** Words by id. */
  readonly words: readonly string[]
  readonly #ids: ReadonlyMap<string, number>

  constructor(words: readonly string[]) {
    if (specialTokens.some((token, id) => words[id] !== token)) {
      throw new ErratumError(
        'damaged-file',
        `A vocabulary must start with ${specialTokens.join(', ')}, not ${words.slice(0, 4).join(', ')}.`
      )
    }
    this.words = words
    this.#ids = new Map(words.map((word, id) => [word, id]))
  }

  get size(): number {
    return this.words.length
  }

  /** The id of a word as `tokenize` spells it; that of [UNK] for a word it does not know. */
  idOf(word: string): number {
    return this.#ids.get(word) ?? unknownId
  }
}

/** Counts the words of training texts; frequent words get small ids, ties go by spelling. */
export function buildVocabulary(
  texts: Iterable<string>,
  { minimumTexts, maximumWords }: VocabularySettings
): Vocabulary {
  const counts = new Map<string, number>()
  for (const text of texts) {
    const words = new Set(tokenize(text).map(({ word }) => word))
    for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  }
  const kept = [...counts]
    .filter(([word, count]) => count >= minimumTexts && word !== padLiteral)
    .sort(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1))
    .slice(0, maximumWords)
    .map(([word]) => word)
  return new Vocabulary([...specialTokens, ...kept])
}
