/**
 * Texts as the pieces of a BERT or RoBERTa model: the ids that `transformers` gives, and where each
 * piece stands in the text as the user wrote it.
 *
 * Spans ascend and do not overlap. A piece's span runs over the characters that it was made of, with
 * the accents that were taken off them. A character that is cut over pieces (a Hangul syllable that
 * was decomposed, an emoji as bytes) belongs to the first of them; one that has no character of its
 * own left is empty, at that character's end. An unknown word is one piece with the word's span.
 *
 * In place of a whole word, from its first piece's `from` to its last one's `end`, the padding
 * literal may be written once a piece; read again, the text has the same ids but for these. It does
 * not hold for a part of a word; nor, with RoBERTa, for a word after white space that ends in another
 * character than a space and has more than one (once no word follows, they are read together), nor,
 * under `add_prefix_space`, for a word that no space follows.
 *
 * A lone surrogate, for which `transformers` has no ids, counts as U+FFFD.
 */
import { ErratumError } from '../../errors.ts'
import type { RowText } from '../../dataset/dataset.ts'
import { AddedTokenFinder } from './added-tokens.ts'
import { applyConfig } from './apply-config.ts'
import { byteLevelScheme } from './byte-level-scheme.ts'
import { cutLengths, layoutOf, type Layout, type Slot } from './layout.ts'
import type { Normalised } from './normalise.ts'
import { literalPiece, place, type Piece } from './piece.ts'
import type { Scheme } from './scheme.ts'
import { findSpecialPieces, withPad, type SpecialPieces } from './special-pieces.ts'
import {
  isByteLevel,
  readTokenizerConfig,
  readTokenizerFile,
  type TokenizerConfig,
  type TokenizerFile
} from './tokenizer-file.ts'
import { wordPieceFile } from './word-piece-file.ts'
import { wordPieceScheme } from './word-piece-scheme.ts'

/** A text as a model takes it. All arrays have an entry a position. */
export interface EncodedPieces {
  ids: number[]
  /** What `transformers` calls token_type_ids: 1 for the second part with BERT, else 0. */
  types: number[]
  /** What stands there; undefined for the special tokens around the parts. */
  pieces: (PlacedPiece | undefined)[]
  /** Position of the first piece of the second part; the length where there is no second part. */
  secondFrom: number
}

/** A piece of one part of a row's text. */
export interface PlacedPiece extends Piece {
  part: 0 | 1
}

export class PieceTokenizer {
  /** Pieces by id, as the vocabulary spells them ('##ing', 'Ġthe'). */
  readonly pieces: readonly string[]
  readonly special: SpecialPieces
  readonly #file: TokenizerFile
  readonly #scheme: Scheme
  readonly #layout: Layout
  /** Tokens that are looked for in the text, and those that are in the normalised text. */
  readonly #plainTokens: AddedTokenFinder
  readonly #normalisedTokens: AddedTokenFinder
  readonly #ids: ReadonlyMap<string, number>

  /**
   * From the parsed JSON of tokenizer.json and tokenizer_config.json. Without a config, all is as
   * tokenizer.json has it; where a model has none, `transformers` goes by what `{}` means. Throws
   * `bad-argument` for a tokenizer of another kind than BERT's and RoBERTa's.
   */
  static fromJson(path: string, tokenizer: unknown, config?: unknown): PieceTokenizer {
    const file = readTokenizerFile(path, tokenizer)
    if (config === undefined) return new PieceTokenizer(path, file)
    const settings = readTokenizerConfig(path, config)
    return new PieceTokenizer(path, applyConfig(file, settings), settings)
  }

  /** From the lines of a vocab.txt, which only BERT's tokenizers have. Throws `bad-argument`. */
  static fromVocabulary(
    path: string,
    pieces: readonly string[],
    options: { lowerCase: boolean }
  ): PieceTokenizer {
    return PieceTokenizer.fromJson(path, wordPieceFile(path, pieces, options))
  }

  private constructor(path: string, file: TokenizerFile, config?: TokenizerConfig) {
    this.#ids = new Map([
      ...Object.entries(file.model.vocab),
      ...file.added_tokens.map(({ content, id }): [string, number] => [content, id])
    ])
    this.pieces = byId(this.#ids)
    this.#layout = layoutOf(path, file)
    this.special = findSpecialPieces(path, { file, config, layout: this.#layout, ids: this.#ids })
    this.#file = withPad(file, this.special.pad)
    this.#scheme = schemeOf(file)
    const normalise = (content: string): string => this.#scheme.normalise(content, 0).text
    const tokens = this.#file.added_tokens
    this.#plainTokens = new AddedTokenFinder(tokens.filter(({ normalized }) => !normalized))
    this.#normalisedTokens = new AddedTokenFinder(
      tokens.filter(({ normalized }) => normalized),
      normalise
    )
  }

  /** The pieces of a text, without special tokens around them. */
  tokenize(text: string): Piece[] {
    const pieces: Piece[] = []
    const whole = text.toWellFormed()
    for (const { start, end, token } of this.#plainTokens.split(whole)) {
      if (token) pieces.push(literalPiece(token, whole, { start, end }))
      else this.#cut(whole, this.#scheme.normalise(whole.slice(start, end), start), pieces)
    }
    return pieces
  }

  /** How a whole word that is made of these pieces reads on screen. */
  spell(ids: readonly number[]): string {
    return this.#scheme.spell(ids.map((id) => this.pieces[id] ?? ''))
  }

  /**
   * A text or a pair between its special tokens, at most `maximumLength` positions; a longer one is
   * cut at its end as `transformers` does with `truncation=True`, the longer part first.
   */
  encode(text: RowText, maximumLength: number): EncodedPieces {
    return this.arrange(
      text.map((part) => this.tokenize(part)),
      maximumLength
    )
  }

  /** The same, of the pieces that `tokenize` gives for each part. */
  arrange(parts: readonly (readonly Piece[])[], maximumLength: number): EncodedPieces {
    const slots = parts.length === 2 ? this.#layout.pair : this.#layout.single
    const room = maximumLength - (slots.length - parts.length)
    if (room < 0) {
      throw new ErratumError(
        'bad-argument',
        `Cutting a text to ${maximumLength} tokens: ${slots.length - parts.length} of them are ` +
          'special tokens. Give a larger maximum length.'
      )
    }
    const lengths = cutLengths(
      parts.map((part) => part.length),
      room
    )
    const encoded: EncodedPieces = { ids: [], types: [], pieces: [], secondFrom: 0 }
    for (const slot of slots) this.#fill(encoded, slot, parts, lengths)
    if (parts.length === 1) encoded.secondFrom = encoded.ids.length
    return encoded
  }

  /** A tokenizer.json that says all of this tokenizer, its config included. */
  toJson(): unknown {
    return this.#file
  }

  #fill(
    encoded: EncodedPieces,
    slot: Slot,
    parts: readonly (readonly Piece[])[],
    lengths: number[]
  ): void {
    if ('literal' in slot) {
      encoded.ids.push(this.#ids.get(slot.literal)!)
      encoded.types.push(slot.type)
      encoded.pieces.push(undefined)
      return
    }
    const { part, type } = slot
    if (part === 1) encoded.secondFrom = encoded.ids.length
    for (const piece of parts[part]!.slice(0, lengths[part])) {
      encoded.ids.push(piece.id)
      encoded.types.push(type)
      encoded.pieces.push({ ...piece, part })
    }
  }

  #cut(whole: string, normalised: Normalised, pieces: Piece[]): void {
    const { text, starts, ends } = normalised
    for (const { start, end, token } of this.#normalisedTokens.split(text)) {
      if (token)
        pieces.push(literalPiece(token, whole, { start: starts[start]!, end: ends[end - 1]! }))
      else {
        for (const word of this.#scheme.words(text.slice(start, end))) {
          place(word, start, normalised, pieces)
        }
      }
    }
  }
}

function schemeOf(file: TokenizerFile): Scheme {
  if (isByteLevel(file)) return byteLevelScheme(file.model, file.pre_tokenizer.add_prefix_space)
  const { clean_text, handle_chinese_chars, strip_accents, lowercase } = file.normalizer
  return wordPieceScheme(file.model, {
    cleanText: clean_text,
    spaceIdeographs: handle_chinese_chars,
    stripAccents: strip_accents ?? lowercase,
    lowerCase: lowercase
  })
}

function byId(ids: ReadonlyMap<string, number>): string[] {
  const pieces: string[] = []
  for (const [piece, id] of ids) pieces[id] = piece
  return Array.from(pieces, (piece) => piece ?? '')
}
