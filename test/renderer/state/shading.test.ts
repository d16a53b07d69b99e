import { describe, expect, it } from 'vitest'
import {
  excerpt,
  largestInfluence,
  piecesOf,
  shadeOf
} from '../../../src-renderer/state/shading.ts'

const word = (name: string, influence: number, ...spans: [number, number][]) => ({
  word: name,
  influence,
  spans
})

describe('pieces of a text', () => {
  const text = 'not only a gimmick, a gimmick'
  const words = [word('gimmick', -6.9, [11, 18], [22, 29]), word('not', 0.4, [0, 3])]

  it('are the whole text, in order', () => {
    const pieces = piecesOf(text, words)
    expect(pieces.map((piece) => piece.text).join('')).toBe(text)
    for (const piece of pieces) expect(text.startsWith(piece.text, piece.start)).toBe(true)
  })

  it('carry the word that stands there, and nothing in between', () => {
    expect(piecesOf(text, words).map((piece) => [piece.text, piece.word?.word])).toEqual([
      ['not', 'not'],
      [' only a ', undefined],
      ['gimmick', 'gimmick'],
      [', a ', undefined],
      ['gimmick', 'gimmick']
    ])
  })

  it('show a place once where words overlap, and none that lies beyond the text', () => {
    const odd = [word('a', 1, [0, 5]), word('b', 1, [3, 8]), word('c', 1, [20, 99])]
    const pieces = piecesOf(text, odd)
    expect(pieces.map((piece) => piece.text).join('')).toBe(text)
    expect(pieces.flatMap((piece) => piece.word?.word ?? [])).toEqual(['a'])
  })

  it('are none of an empty text, and one of a text without words', () => {
    expect(piecesOf('', words)).toEqual([])
    expect(piecesOf('plain', [])).toEqual([{ text: 'plain', start: 0, word: undefined }])
  })
})

describe('the shade', () => {
  it('is full for the largest influence of either sign', () => {
    expect(largestInfluence([{ influence: -8 }, { influence: 2 }])).toBe(8)
    expect(shadeOf(-8, 8)).toBe(1)
    expect(shadeOf(2, 8)).toBe(0.5)
  })

  it('is none without influence, and never more than full', () => {
    expect(largestInfluence([])).toBe(0)
    expect(shadeOf(0, 0)).toBe(0)
    expect(shadeOf(9, 3)).toBe(1)
  })
})

describe('the excerpt of a text', () => {
  const text = Array.from({ length: 100 }, (_, n) => `word${n}`).join(' ')
  const at = text.indexOf('word60')

  it('is all of a short one', () => {
    expect(excerpt('short', [], 180)).toEqual({ start: 0, end: 5 })
  })

  it('is the beginning of one without words', () => {
    expect(excerpt(text, [], 180)).toEqual({ start: 0, end: 180 })
  })

  it('holds the strongest word and begins with a whole one', () => {
    const words = [word('word1', 1, [6, 11]), word('word60', -5, [at, at + 6])]
    const { start, end } = excerpt(text, words, 180)
    expect(end - start).toBe(180)
    expect(text.slice(start, end)).toContain('word60')
    expect(text[start - 1]).toBe(' ')
  })

  it('reaches the end of a text whose strongest word stands there', () => {
    const last = text.lastIndexOf('word99')
    const { start, end } = excerpt(text, [word('word99', -5, [last, text.length])], 180)
    expect(end).toBe(text.length)
    expect(text.slice(start, end)).toContain('word99')
  })

  it('holds the strongest word of a text without spaces', () => {
    const unbroken = `${'x'.repeat(5000)}zany${'x'.repeat(5000)}`
    const { start, end } = excerpt(unbroken, [word('zany', -5, [5000, 5004])], 180)
    expect(unbroken.slice(start, end)).toContain('zany')
  })

  it('holds the strongest word where the next space is far', () => {
    const unbroken = `${'x'.repeat(500)}zany${'x'.repeat(500)} and more words at the end`
    const { start, end } = excerpt(unbroken, [word('zany', -5, [500, 504])], 180)
    expect(unbroken.slice(start, end)).toContain('zany')
  })

  it('cuts no character in two', () => {
    const emoji = '😀'.repeat(400)
    for (const characters of [180, 181, 182, 183]) {
      const { start, end } = excerpt(emoji, [word('😀', -5, [400, 402])], characters)
      expect(emoji.slice(start, end).isWellFormed(), `${characters} characters`).toBe(true)
    }
  })
})
