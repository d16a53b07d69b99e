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
 * not hold for a part of a word, and with RoBERTa not for a word after a line break or other white
 * space that is no plain space, with more white space before it (which the break then joins), nor
 * where `add_prefix_space` puts a space after the literal.
 *
 * A lone surrogate, for which `transformers` has no ids, counts as U+FFFD.
 */
import { ErratumError } from '../../errors.ts'
import type { RowText } from '../../dataset/dataset.ts'
import type { Span } from '../tokenize.ts'
import { AddedTokenFinder, specialToken, type AddedToken } from './added-tokens.ts'
import { applyConfig, literalOf } from './apply-config.ts'
import { byteLevelScheme } from './byte-level-scheme.ts'
import { cutLengths, layoutOf, type Layout, type Slot } from './layout.ts'
import type { Normalised } from './normalise.ts'
import type { Scheme, SchemeWord } from './scheme.ts'
import {
  isByteLevel,
  readTokenizerConfig,
  readTokenizerFile,
  wrong,
  type TokenizerConfig,
  type TokenizerFile
} from './tokenizer-file.ts'
import { wordPieceFile } from './word-piece-file.ts'
import { wordPieceScheme } from './word-piece-scheme.ts'

/** One piece of a text: its id and where it stands. */
export interface Piece extends Span {
  id: number
  /** Whether a whole word (pre-token) begins here. */
  startsWord: boolean
  /** Where an edit of the piece begins: `start`, or the space before it that belongs to the piece. */
  from: number
}

/** A special token: its id, and how it is written in a text. */
export interface SpecialPiece {
  id: number
  literal: string
}

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

/** How tokenizers write padding by default. */
const padLiterals = ['[PAD]', '<pad>']

export class PieceTokenizer {
  /** Pieces by id, as the vocabulary spells them ('##ing', 'Ġthe'). */
  readonly pieces: readonly string[]
  readonly special: {
    readonly pad: SpecialPiece
    readonly unknown: SpecialPiece | undefined
    readonly start: SpecialPiece
    readonly separator: SpecialPiece
  }
  readonly #file: TokenizerFile
  readonly #scheme: Scheme
  readonly #layout: Layout
  /** Tokens that are looked for in the text, and those that are in the normalised text. */
  readonly #plainTokens: AddedTokenFinder
  readonly #normalisedTokens: AddedTokenFinder
  readonly #ids: ReadonlyMap<string, number>

  /**
   * From the parsed JSON of tokenizer.json and, if there is one, tokenizer_config.json. Throws
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
    this.special = this.#specialPieces(path, file, config)
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

  #specialPieces(
    path: string,
    file: TokenizerFile,
    config: TokenizerConfig | undefined
  ): PieceTokenizer['special'] {
    const [first] = this.#layout.single
    const last = this.#layout.single.at(-1)
    const pad =
      literalOf(config, 'pad_token') ??
      file.padding?.pad_token ??
      padLiterals.find((literal) => this.#ids.has(literal))
    const remedy = 'Save the tokenizer anew with a current version of transformers.'
    const piece = (literal: string | undefined, role: string): SpecialPiece => {
      const id = literal === undefined ? undefined : this.#ids.get(literal)
      if (literal !== undefined && id !== undefined) return { id, literal }
      throw wrong(path, `it has no token for ${role}`, remedy)
    }
    // RoBERTa spells every text in bytes; its unknown token, if it has one, stands for nothing.
    const unknown = file.model.unk_token ?? literalOf(config, 'unk_token') ?? '<unk>'
    const mayLack = isByteLevel(file) && !this.#ids.has(unknown)
    const literal = (slot: Slot | undefined): string | undefined =>
      slot && 'literal' in slot ? slot.literal : undefined
    for (const slot of this.#layout.pair) if ('literal' in slot) piece(slot.literal, slot.literal)
    return {
      pad: piece(pad, 'padding'),
      unknown: mayLack ? undefined : piece(unknown, 'unknown words'),
      start: piece(literal(first), 'the start of a text'),
      separator: piece(literal(last), 'the end of a text')
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

/** With the padding literal among the added tokens, so that it is found in a text, and named. */
function withPad(file: TokenizerFile, { id, literal }: SpecialPiece): TokenizerFile {
  const added = file.added_tokens.some(({ content }) => content === literal)
  const added_tokens = added ? file.added_tokens : [...file.added_tokens, specialToken(literal, id)]
  if (padLiterals.includes(literal)) return { ...file, added_tokens }
  const padding = { ...defaultPadding, ...file.padding, pad_id: id, pad_token: literal }
  return { ...file, added_tokens, padding }
}

const defaultPadding = {
  strategy: 'BatchLongest',
  direction: 'Right',
  pad_to_multiple_of: null,
  pad_type_id: 0
}

/** Adds the pieces of a word; `at` is the unit of the normalised text that its text begins at. */
function place(word: SchemeWord, at: number, normalised: Normalised, pieces: Piece[]): void {
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
function literalPiece({ id }: AddedToken, text: string, { start, end }: Span): Piece {
  const seen = end - text.slice(start, end).trimStart().length
  return { id, start: seen, end, startsWord: true, from: start }
}

function byId(ids: ReadonlyMap<string, number>): string[] {
  const pieces: string[] = []
  for (const [piece, id] of ids) pieces[id] = piece
  return Array.from(pieces, (piece) => piece ?? '')
}
