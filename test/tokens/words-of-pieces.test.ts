import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { textAt } from '../../src-main/tokens/encode.ts'
import { PieceTokenizer } from '../../src-main/tokens/pieces/piece-tokenizer.ts'
import { trainWordPieces } from '../../src-main/tokens/pieces/train-word-pieces.ts'
import { replaceSpans } from '../../src-main/tokens/tokenize.ts'
import { placesOf } from '../../src-main/tokens/tokenizer.ts'
import { WordNumbers, WordsOfPieces } from '../../src-main/tokens/words-of-pieces.ts'
import { padId, separatorId, startId, unknownId } from '../../src-main/tokens/vocabulary.ts'

const roberta = new URL('../parity/golden/encoders/roberta/tokenizer.json', import.meta.url)
const tokenizers = {
  WordPiece: PieceTokenizer.fromJson(
    'tokenizer.json',
    trainWordPieces(['the playing played player plays', 'the play the plays'], { size: 40 })
  ),
  'byte-level BPE': PieceTokenizer.fromJson(
    'tokenizer.json',
    JSON.parse(readFileSync(roberta, 'utf8'))
  )
}

describe.each(Object.entries(tokenizers))('%s', (_, pieces) => {
  const tokenizer = new WordsOfPieces(pieces)
  const text = 'the film was good, and the filmed end was not good'

  test('words are whole, spelled without marks, and stand where they are found', () => {
    const words = tokenizer.wordsIn('the played film')
    expect(words.map(({ word }) => word).slice(0, 2)).toEqual(['the', 'played'])
    for (const { word, start, end } of words) {
      if (word !== '[UNK]') expect('the played film'.slice(start, end)).toBe(word)
    }
  })

  test('every token has the number of its word, and the special ones have theirs', () => {
    const numbers = new WordNumbers(tokenizer)
    const texts = numbers.encodeAll([[text], ['the', 'the'], ['']], 100)
    const { words, ids } = textAt(texts, 0)
    expect(words.length).toBe(ids.length)
    expect([words[0], words.at(-1)]).toEqual([startId, separatorId])
    const { vocabulary } = numbers
    const read = [...words].slice(1, -1).map((word) => vocabulary.words[word]!)
    const expected = tokenizer.wordsIn(text).flatMap(({ word, tokens }) => {
      return new Array<string>(tokens).fill(word)
    })
    expect(read).toEqual(expected)
    expect(textAt(texts, 2).words.length).toBe(2)
  })

  test('pieces may be words of their own, as the vocabulary spells them', () => {
    const single = new WordsOfPieces(pieces, { unit: 'piece' })
    const found = single.wordsIn(text)
    expect(found.length).toBe(pieces.tokenize(text).length)
    expect(found.length).toBeGreaterThan(tokenizer.wordsIn(text).length)
    const numbers = new WordNumbers(single)
    const { ids, words } = textAt(numbers.encodeAll([[text]], 100), 0)
    const known = numbers.vocabulary.words
    ids.forEach((id, i) => {
      if (words[i]! > separatorId) expect(known[words[i]!]).toBe(pieces.pieces[id])
    })
  })

  test('a word that is cut off within keeps its number', () => {
    const long = tokenizer.wordsIn('played').at(0)!
    if (long.tokens < 2) return
    const numbers = new WordNumbers(tokenizer)
    const texts = numbers.encodeAll([['played'], ['played']], 3)
    expect(textAt(texts, 0).words).toHaveLength(3)
    expect(numbers.vocabulary.words[textAt(texts, 0).words[1]!]).toBe('played')
  })

  test('a word that is replaced by padding, once a token, reads as padding and nothing else', () => {
    const numbers = new WordNumbers(tokenizer)
    const word = tokenizer
      .wordsIn(text)
      .find((each) => text.slice(each.start, each.end) === 'good')!
    const places = placesOf(tokenizer, text, word.word)
    const spans = places.map(({ from: start, end, tokens }) => {
      return { start, end, replacement: tokenizer.padLiteral.repeat(tokens) }
    })
    const edited = replaceSpans(text, spans, '')
    const texts = numbers.encodeAll([[text], [edited]], 100)
    const [before, after] = [textAt(texts, 0), textAt(texts, 1)]
    const number = numbers.vocabulary.idOf(word.word)
    const changed = [...before.words].map((each) => each === number)
    expect(changed.filter(Boolean).length).toBeGreaterThan(0)
    expect([...after.ids]).toEqual(
      [...before.ids].map((id, i) => (changed[i] ? pieces.special.pad.id : id))
    )
    expect([...after.words]).toEqual([...before.words].map((id, i) => (changed[i] ? padId : id)))
  })
})

test('an unknown word is [UNK]', () => {
  const texts = new WordNumbers(new WordsOfPieces(tokenizers.WordPiece)).encodeAll([['the 漢']], 10)
  expect(textAt(texts, 0).words[2]).toBe(unknownId)
})
