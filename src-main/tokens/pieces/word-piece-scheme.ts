/** BERT's scheme: words between white space and punctuation, each cut greedily from its start. */
import { isPunctuation, isWhiteSpace } from './character-classes.ts'
import { WordPiece } from './library.ts'
import { BertNormaliser, type BertNormalising } from './normalise.ts'
import type { Scheme } from './scheme.ts'
import type { WordPieceModel } from './tokenizer-file.ts'
import { remembering, type WordPieces } from './word-cache.ts'

/** The part of a code point, plus one, once it was asked for. */
const parts = new Uint8Array(0x110000)
const [letter, space, punctuation] = [1, 2, 3]

export function wordPieceScheme(model: WordPieceModel, normalising: BertNormalising): Scheme {
  const normaliser = new BertNormaliser(normalising)
  const library = new WordPiece(model)
  const prefix = model.continuing_subword_prefix

  function cut(word: string): WordPieces {
    const pieces = library.encode([word])
    const ids = pieces.map((piece) => library.tokens_to_ids.get(piece)!)
    if (pieces.length === 1) return { ids, starts: [0], ends: [word.length] }
    let end = 0
    const ends = pieces.map((piece, index) => {
      end += piece.length - (index > 0 ? prefix.length : 0)
      return end
    })
    return { ids, starts: [0, ...ends.slice(0, -1)], ends }
  }
  const piecesOf = remembering(cut)

  return {
    normalise: (text, at) => normaliser.normalise(text, at),
    *words(text) {
      for (const [start, end] of cutWords(text))
        yield { start, pieces: piecesOf(text.slice(start, end)) }
    },
    spell: (pieces) =>
      pieces
        .map((piece) => (piece.startsWith(prefix) ? piece.slice(prefix.length) : piece))
        .join('')
  }
}

/**
 * The words of a normalised text. The library's pre-tokenizer is not used, since it tells no places
 * and takes today's punctuation, and U+FEFF for white space.
 */
export function* cutWords(text: string): Generator<[start: number, end: number]> {
  let start = 0
  let at = 0
  while (at < text.length) {
    const point = text.codePointAt(at)!
    const next = at + (point > 0xffff ? 2 : 1)
    const part = partOf(point)
    if (part !== letter) {
      if (at > start) yield [start, at]
      if (part === punctuation) yield [at, next]
      start = next
    }
    at = next
  }
  if (at > start) yield [start, at]
}

function partOf(point: number): number {
  if (parts[point] === 0) {
    const character = String.fromCodePoint(point)
    const other = isPunctuation.test(character) ? punctuation : letter
    parts[point] = isWhiteSpace.test(character) ? space : other
  }
  return parts[point]!
}
