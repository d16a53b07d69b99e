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
import type { TextWord, Tokenizer } from './tokenizer.ts'
import { Vocabulary, separatorId, specialTokens, startId } from './vocabulary.ts'

/**
 * What is shown, and what an edit replaces, of a model whose tokens are pieces. A piece within a word
 * is shown as the vocabulary spells it; where [PAD] takes its place in an exported text, the pieces
 * beside it are words of their own to whoever reads that.
 */
export const units = ['word', 'piece'] as const
export type Unit = (typeof units)[number]

export interface WordsOfPiecesOptions {
  unit?: Unit | undefined
  /** Rows of the embedding, of which some checkpoints have more than pieces. */
  size?: number | undefined
}

/** Of a model whose tokens are pieces of words. */
export class WordsOfPieces implements Tokenizer {
  readonly pieces: PieceTokenizer
  readonly size: number
  readonly #unit: Unit

  constructor(pieces: PieceTokenizer, options: WordsOfPiecesOptions = {}) {
    const { unit = 'word', size = pieces.pieces.length } = options
    this.pieces = pieces
    this.size = size
    this.#unit = unit
  }

  get content(): unknown {
    return this.pieces.toJson()
  }

  get padLiteral(): string {
    return this.pieces.special.pad.literal
  }

  wordsIn(text: string): TextWord[] {
    return this.group(this.pieces.tokenize(text)).map(({ word, pieces }) => ({
      word,
      tokens: pieces.length,
      from: pieces[0]!.from,
      start: pieces[0]!.start,
      end: pieces.at(-1)!.end
    }))
  }

  /** Pieces by the word that they make up. */
  group(pieces: readonly Piece[]): { word: string; pieces: Piece[] }[] {
    const groups: Piece[][] = []
    for (const piece of pieces) {
      if (this.#unit === 'piece' || piece.startsWord || groups.length === 0) groups.push([piece])
      else groups.at(-1)!.push(piece)
    }
    return groups.map((group) => ({ word: this.#spell(group), pieces: group }))
  }

  /** Special tokens and [UNK] are called the same whatever the tokenizer calls them. */
  #spell(group: readonly Piece[]): string {
    const { pad, unknown, start, separator } = this.pieces.special
    const ids = group.map(({ id }) => id)
    const special = [pad, unknown, start, separator].findIndex((token) => token?.id === ids[0])
    if (ids.length === 1 && special >= 0) return specialTokens[special]!
    return this.#unit === 'piece' ? this.pieces.pieces[ids[0]!]! : this.pieces.spell(ids)
  }
}

/** Numbers words in the order of first meeting, after the special ones. */
export class WordNumbers {
  readonly #tokenizer: WordsOfPieces
  readonly #numbers = new Map<string, number>(specialTokens.map((word, id) => [word, id]))

  constructor(tokenizer: WordsOfPieces) {
    this.#tokenizer = tokenizer
  }

  /** All words that were met so far. */
  get vocabulary(): Vocabulary {
    return new Vocabulary([...this.#numbers.keys()])
  }

  /** Encodes texts, cut to a length in pieces; words that are new get numbers. */
  encodeAll(texts: Iterable<RowText>, maximumLength: number): EncodedTexts {
    const { pieces: tokenizer } = this.#tokenizer
    const builder = new TextsBuilder(tokenizer.special.pad.id)
    for (const text of texts) {
      const parts = text.map((part) => tokenizer.tokenize(part))
      const { ids, pieces, secondFrom } = tokenizer.arrange(parts, maximumLength)
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
    return this.#tokenizer.group(pieces).flatMap(({ word, pieces: group }) => {
      const number = this.#numbers.get(word) ?? this.#numbers.size
      this.#numbers.set(word, number)
      return group.map(() => number)
    })
  }
}
