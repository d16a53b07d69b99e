/**
 * The words of texts whose tokens are pieces of words. A word is spelled as its pieces read one after
 * the other, without the marks of the vocabulary, and has the number of that spelling; so a word at
 * the start of a text is the same as one after a space, though a byte-level tokenizer has other pieces
 * for it.
 */
import type { RowText } from '../dataset/dataset.ts'
import type { EncodedTexts } from './encode.ts'
import { TextsBuilder } from './encode.ts'
import type { Piece } from './pieces/piece.ts'
import type { PieceTokenizer } from './pieces/piece-tokenizer.ts'
import type { Tokenizer } from './tokenizer.ts'
import { Vocabulary, separatorId, specialTokens, startId } from './vocabulary.ts'

/**
 * Of a model whose tokens are pieces; its words are whole. `size` are the rows of its embedding, of
 * which some checkpoints have more than pieces.
 */
export function wholeWordTokenizer(pieces: PieceTokenizer, size = pieces.pieces.length): Tokenizer {
  return {
    size,
    content: pieces.toJson(),
    padLiteral: pieces.special.pad.literal,
    wordsIn: (text) =>
      groupsOf(pieces.tokenize(text)).map((group) => ({
        word: spelled(pieces, group),
        tokens: group.length,
        from: group[0]!.from,
        start: group[0]!.start,
        end: group.at(-1)!.end
      }))
  }
}

/** Numbers words in the order of first meeting, after the special ones. */
export class WordNumbers {
  readonly #pieces: PieceTokenizer
  readonly #numbers = new Map<string, number>(specialTokens.map((word, id) => [word, id]))

  constructor(pieces: PieceTokenizer) {
    this.#pieces = pieces
  }

  /** All words that were met so far. */
  get vocabulary(): Vocabulary {
    return new Vocabulary([...this.#numbers.keys()])
  }

  /** Encodes texts, cut to a length in pieces; words that are new get numbers. */
  encodeAll(texts: Iterable<RowText>, maximumLength: number): EncodedTexts {
    const builder = new TextsBuilder(this.#pieces.special.pad.id)
    for (const text of texts) {
      const parts = text.map((part) => this.#pieces.tokenize(part))
      const { ids, pieces, secondFrom } = this.#pieces.arrange(parts, maximumLength)
      const numbers = parts.map((part) => this.#numbersOf(part).values())
      // What stands around the parts is [CLS] at the start, and [SEP] everywhere else.
      const words = pieces.map((piece, i) => {
        if (!piece) return i === 0 ? startId : separatorId
        return numbers[piece.part]!.next().value!
      })
      builder.add(ids, secondFrom, words)
    }
    return builder.finish()
  }

  /** The number of the word that each piece is a part of. */
  #numbersOf(pieces: readonly Piece[]): number[] {
    return groupsOf(pieces).flatMap((group) => {
      const word = spelled(this.#pieces, group)
      const number = this.#numbers.get(word) ?? this.#numbers.size
      this.#numbers.set(word, number)
      return group.map(() => number)
    })
  }
}

/** Pieces by the word that they make up. */
function groupsOf(pieces: readonly Piece[]): Piece[][] {
  const groups: Piece[][] = []
  for (const piece of pieces) {
    if (piece.startsWord || groups.length === 0) groups.push([piece])
    else groups.at(-1)!.push(piece)
  }
  return groups
}

/** Special tokens and [UNK] are called the same whatever the tokenizer calls them. */
function spelled(tokenizer: PieceTokenizer, group: readonly Piece[]): string {
  const { pad, unknown, start, separator } = tokenizer.special
  const ids = group.map(({ id }) => id)
  const special = [pad, unknown, start, separator].findIndex((token) => token?.id === ids[0])
  return ids.length === 1 && special >= 0 ? specialTokens[special]! : tokenizer.spell(ids)
}
