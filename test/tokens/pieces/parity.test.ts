/** Ids and spans of difficult texts, as `transformers` gives them (test/parity/tokens.py). */
import { describe, expect, it } from 'vitest'
import { isNonspacingMark } from '../../../src-main/tokens/pieces/character-classes.ts'
import { PieceTokenizer } from '../../../src-main/tokens/pieces/piece-tokenizer.ts'
import type { Piece } from '../../../src-main/tokens/pieces/piece.ts'
import { golden } from './golden.ts'

const unpackIds = (packed: string): number[] =>
  (packed.match(/../g) ?? []).map((digits) => parseInt(digits, 36))

function unpackSpans(packed: string): [start: number, end: number][] {
  const numbers = (packed.match(/\(\d+\)|./g) ?? []).map((digits) =>
    digits.length > 1 ? Number(digits.slice(1, -1)) : parseInt(digits, 36)
  )
  let end = 0
  return Array.from({ length: numbers.length / 2 }, (_, index) => {
    const start = end + numbers[2 * index]!
    const length = numbers[2 * index + 1]!
    if (length > 0) end = start + length
    return [start, start + length]
  })
}

const textsOf = (name: string, count: number): string[] => {
  if (name === 'bert-added') return golden.extra
  if (count === golden.texts.length) return golden.texts
  const everyTwentieth = (from: number): string[] =>
    golden.texts.filter((_, index) => index % 20 === from)
  return [...everyTwentieth(0), ...everyTwentieth(1)]
}

describe.each(golden.tokenizers)('$name', ({ name, config, file, rows, pairs }) => {
  const tokenizer = PieceTokenizer.fromJson('tokenizer.json', file, config)
  const texts = textsOf(name, rows.length)
  const expected = rows.map((row) => row.split(' ') as [ids: string, spans: string])

  it('gives the ids of every text', () => {
    texts.forEach((text, index) => {
      const ids = tokenizer.tokenize(text).map(({ id }) => id)
      expect(ids, `text ${index}: ${JSON.stringify(text)}`).toEqual(unpackIds(expected[index]![0]))
    })
  })

  it('gives the spans of every text', () => {
    texts.forEach((text, index) => {
      const given = unpackSpans(expected[index]![1])
      tokenizer.tokenize(text).forEach((piece, at) => {
        const where = `text ${index}, piece ${at}: ${JSON.stringify(text)}`
        const spaceIsOurs = tokenizer.pieces[piece.id]!.startsWith('Ġ') && text[piece.from] !== ' '
        if (spaceIsOurs && name === 'roberta-prefix') return
        expect(piece, where).toMatchObject(asGiven(text, piece, given[at]!))
      })
    })
  })

  it('lays out and cuts texts and pairs', () => {
    for (const [first, second, length, one, both] of pairs) {
      const where = `texts ${first} and ${second} cut to ${length}`
      expect(tokenizer.encode([texts[first]!], length).ids, where).toEqual(unpackIds(one))
      const pair = tokenizer.encode([texts[first]!, texts[second]!], length)
      expect(pair.ids, where).toEqual(unpackIds(both))
    }
  })

  it('reads its own tokenizer.json', () => {
    const again = PieceTokenizer.fromJson('stored', JSON.parse(JSON.stringify(tokenizer.toJson())))
    expect(again.special).toEqual(tokenizer.special)
    const pieces = (each: PieceTokenizer): Piece[][] => texts.map((text) => each.tokenize(text))
    expect(pieces(again)).toEqual(pieces(tokenizer))
  })
})

/**
 * The span that a piece must have, from that of the Rust tokenizers. It differs in four ways: marks
 * that were taken off belong to the character that they were on; the white space that a piece begins
 * with is never seen, that which it ends with always is; a mark that decomposing moves keeps its own
 * place, where theirs gets that of the mark which it changed places with; and they take a space that
 * the tokenizer has put before a text for a character of it.
 */
function asGiven(text: string, piece: Piece, [start, end]: [number, number]): Partial<Piece> {
  const surface = text.slice(piece.from, piece.end)
  if (/^(\p{White_Space}*|[\u302e\u302f])$/u.test(surface)) return {}
  const added = Array.from(text.slice(end, piece.end))
  const marksOnly = added.every((character) => isNonspacingMark.test(character))
  const spaces = /^\p{White_Space}*/u.exec(text.slice(start, end))![0].length
  return { start: start + spaces, end: marksOnly ? Math.max(end, piece.end) : end }
}
