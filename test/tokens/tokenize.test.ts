import { describe, expect, it } from 'vitest'
import { ErratumError } from '../../src-main/errors.ts'
import {
  normaliseWord,
  replaceSpans,
  spansOf,
  tokenize,
  type Token
} from '../../src-main/tokens/tokenize.ts'

const words = (text: string): string[] => tokenize(text).map((token) => token.word)
const surfaces = (text: string): string[] =>
  tokenize(text).map(({ start, end }) => text.slice(start, end))

describe('words', () => {
  const cases: [name: string, text: string, expected: string[]][] = [
    ['nothing', '', []],
    ['only separators', ' \t\r\n\u00a0\u200b\ufeff\u0000', []],
    ['case and punctuation', 'Not BAD, at all!', ['not', 'bad', ',', 'at', 'all', '!']],
    ['each mark on its own', '...?!', ['.', '.', '.', '?', '!']],
    ['inner apostrophes', "don't l'avion L’Avion", ["don't", "l'avion", 'l’avion']],
    ['outer apostrophes', "'tis dogs' ''", ["'", 'tis', 'dogs', "'", "'", "'"]],
    ['underscores', 'snake_case a__b _x_', ['snake_case', 'a__b', '_', 'x', '_']],
    ['digits', 'B2B 3.5% 10,000', ['b2b', '3', '.', '5', '%', '10', ',', '000']],
    ['hyphens and markup', 'well-made<br/>', ['well', '-', 'made', '<', 'br', '/', '>']],
    ['ideographs', '我爱NLP電影', ['我', '爱', 'nlp', '電', '影']],
    ['other scripts', 'Привет мир नमस्ते ภาษาไทย', ['привет', 'мир', 'नमस्ते', 'ภาษาไทย']],
    ['a joiner inside a word', 'می‌خواهم', ['می‌خواهم']],
    ['emoji sequences', '👍🏽👩‍👩‍👧🇫🇷🇩🇪❤️ok', ['👍🏽', '👩‍👩‍👧', '🇫🇷', '🇩🇪', '❤️', 'ok']],
    ['a flag with tags', '🏴󠁧󠁢󠁥󠁮󠁧󠁿!', ['🏴󠁧󠁢󠁥󠁮󠁧󠁿', '!']],
    ['keycaps', '1️⃣2️⃣', ['1️⃣2️⃣']],
    ['a lone surrogate', 'a\ud800b', ['a', 'b']],
    ['compatibility forms', 'ﬁne ＦＵＬＬ ㎏', ['fine', 'full', 'kg']],
    ['composed and decomposed', 'café cafe\u0301', ['café', 'café']]
  ]
  it.each(cases)('%s', (_, text, expected) => {
    expect(words(text)).toEqual(expected)
  })

  it('keeps the span of the original where normalising changes the length', () => {
    const text = 'İstanbul ﬁn ẞ'
    expect(surfaces(text)).toEqual(['İstanbul', 'ﬁn', 'ẞ'])
    expect(words(text)).toEqual(['i̇stanbul', 'fin', 'ß'])
  })
})

describe('every text', () => {
  /** Code points from ranges that are awkward for a tokenizer, in a fixed pseudo-random order. */
  function randomText(seed: number, length: number): string {
    const starts = [0, 0x20, 0x61, 0x300, 0x2000, 0x4e00, 0xd7f0, 0xfb00, 0x1f1e6, 0x1f3f0, 0xe0020]
    let state = seed
    const next = (limit: number): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      return Math.floor((state / 2 ** 32) * limit)
    }
    return Array.from({ length }, () =>
      String.fromCodePoint(starts[next(starts.length)]! + next(48))
    ).join('')
  }

  function check(text: string, tokens: Token[]): void {
    let from = 0
    for (const { word, start, end } of tokens) {
      expect(start).toBeGreaterThanOrEqual(from)
      expect(end).toBeGreaterThan(start)
      expect(normaliseWord(text.slice(start, end))).toBe(word)
      expect(text.slice(from, start)).toMatch(/^[\p{White_Space}\p{C}]*$/u)
      from = end
    }
    expect(text.slice(from)).toMatch(/^[\p{White_Space}\p{C}]*$/u)
  }

  it('has ascending spans whose surfaces spell the words, and nothing but separators between', () => {
    for (let seed = 1; seed <= 200; seed += 1) {
      const text = randomText(seed, 120)
      check(text, tokenize(text))
    }
  })

  it('normalises a word to itself', () => {
    for (let seed = 1; seed <= 200; seed += 1) {
      for (const word of words(randomText(seed, 120))) expect(normaliseWord(word)).toBe(word)
    }
  })
})

describe('long texts', () => {
  const million = 1_000_000
  const cases: [name: string, text: string, count: number][] = [
    ['one word of a million letters', 'a'.repeat(million), 1],
    ['a million underscores', '_'.repeat(million), million],
    ['a word, then a million underscores', `a${'_'.repeat(million)}`, million + 1],
    ['a million marks in the worst order', 'a' + '\u0301\u0316'.repeat(million / 2), 33_334],
    ['a chain of joined emoji', '👩' + '\u200d👩'.repeat(million / 4), 1],
    ['a megabyte of prose', 'It was not a bad film, was it? '.repeat(32_258), 32_258 * 10]
  ]
  it.each(cases)('%s', (_, text, count) => {
    const before = performance.now()
    expect(tokenize(text)).toHaveLength(count)
    // Linear time takes a tenth of this; quadratic time takes minutes.
    expect(performance.now() - before).toBeLessThan(5_000)
  })
})

describe('replacing', () => {
  it('finds a word in every spelling and replaces each place', () => {
    const text = 'Bad film; BAD acting, badly bad'
    expect(replaceSpans(text, spansOf(text, 'bad'), '[PAD]')).toBe(
      '[PAD] film; [PAD] acting, badly [PAD]'
    )
  })

  it('leaves the text as it is without spans', () => {
    expect(replaceSpans('as it is', [], '[PAD]')).toBe('as it is')
  })

  it.each([
    [
      'overlapping',
      [
        { start: 0, end: 3 },
        { start: 2, end: 4 }
      ]
    ],
    [
      'descending',
      [
        { start: 3, end: 4 },
        { start: 0, end: 1 }
      ]
    ],
    ['outside', [{ start: 3, end: 9 }]],
    ['empty', [{ start: 2, end: 2 }]],
    ['not a number', [{ start: Number.NaN, end: 2 }]]
  ])('refuses spans that are %s', (_, spans) => {
    expect(() => replaceSpans('abcdef', spans, '[PAD]')).toThrow(ErratumError)
  })
})
