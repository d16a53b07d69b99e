import { describe, expect, test } from 'vitest'
import { encode, encodeAll, textAt } from '../../src-main/tokens/encode.ts'
import { replaceSpans, spansOf } from '../../src-main/tokens/tokenize.ts'
import {
  buildVocabulary,
  isEditable,
  padId,
  separatorId,
  startId,
  unknownId,
  Vocabulary
} from '../../src-main/tokens/vocabulary.ts'

const texts = ['Good film, good cast', 'good (but) long', 'a long film', 'a [PAD] film']
const settings = { minimumTexts: 2, maximumWords: 100 }

describe('a vocabulary', () => {
  test('holds frequent words after the special tokens, the rest is [UNK]', () => {
    const vocabulary = buildVocabulary(texts, settings)
    expect(vocabulary.words).toEqual([
      '[PAD]',
      '[UNK]',
      '[CLS]',
      '[SEP]',
      'film',
      'a',
      'good',
      'long'
    ])
    expect(vocabulary.idOf('cast')).toBe(unknownId)
  })

  test('counts a word once a text, and keeps the most frequent', () => {
    const twice = buildVocabulary(['x x', 'y', 'y'], { minimumTexts: 2, maximumWords: 100 })
    expect(twice.words.slice(4)).toEqual(['y'])
    expect(buildVocabulary(texts, { ...settings, maximumWords: 1 }).words.slice(4)).toEqual([
      'film'
    ])
  })

  test('offers only words for editing', () => {
    expect([0, 1, 2, 3, 4].map(isEditable)).toEqual([false, false, false, false, true])
  })

  test('refuses a list without the special tokens', () => {
    expect(() => new Vocabulary(['good', 'film'])).toThrow(/must start with \[PAD\], \[UNK\]/)
  })
})

describe('encoding', () => {
  const vocabulary = buildVocabulary(texts, settings)
  const id = (word: string) => vocabulary.idOf(word)

  test('marks the start and the end of a text and of a pair', () => {
    expect(encode(['good cast'], vocabulary, 10)).toEqual([
      startId,
      id('good'),
      unknownId,
      separatorId
    ])
    expect(encode(['good', 'film'], vocabulary, 10)).toEqual([
      startId,
      id('good'),
      separatorId,
      id('film'),
      separatorId
    ])
  })

  test('cuts the longer part of a pair first', () => {
    const long = encode(['a long long film', 'good'], vocabulary, 6)
    expect(long).toEqual([startId, id('a'), id('long'), separatorId, id('good'), separatorId])
  })

  test('gives the same padding for an edited id and for the literal in an edited text', () => {
    const text = 'a Good, (good) film: good'
    const edited = replaceSpans(text, spansOf(text, 'good'), '[PAD]')
    const ids = encode([text], vocabulary, 20).map((word) => (word === id('good') ? padId : word))
    expect(encode([edited], vocabulary, 20)).toEqual(ids)
  })

  test('lays texts end to end', () => {
    const encoded = encodeAll([['good'], [''], ['film']], vocabulary, 10)
    expect([...encoded.offsets]).toEqual([0, 3, 5, 8])
    expect([...textAt(encoded, 1).ids]).toEqual([startId, separatorId])
  })
})
