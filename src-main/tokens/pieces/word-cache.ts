/** The pieces of one word, apart from where it stands. */
export interface WordPieces {
  readonly ids: readonly number[]
  /** Where each piece ends, in UTF-16 units of the word as the model sees it. */
  readonly ends: readonly number[]
  /** Where there is something to see of each piece: past the spaces that it begins with. */
  readonly starts: readonly number[]
}

/** Most words that are remembered; more are met only in texts that hardly repeat any. */
const mostWords = 200_000

/** Remembers the pieces of words: texts are long and their words few. */
export function remembering(cut: (word: string) => WordPieces): (word: string) => WordPieces {
  const known = new Map<string, WordPieces>()
  return (word) => {
    let pieces = known.get(word)
    if (pieces === undefined) {
      pieces = cut(word)
      if (known.size >= mostWords) known.clear()
      known.set(word, pieces)
    }
    return pieces
  }
}
