import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { parse } from 'csv-parse/sync'
import { describe, expect, it } from 'vitest'
import { PieceTokenizer } from '../../../src-main/tokens/pieces/piece-tokenizer.ts'
import {
  trainWordPieces,
  type WordPieceTraining
} from '../../../src-main/tokens/pieces/train-word-pieces.ts'
import { golden } from './golden.ts'

const train = (texts: string[], options?: WordPieceTraining): readonly string[] =>
  PieceTokenizer.fromJson('trained', trainWordPieces(texts, options)).pieces

function mails(): string[] {
  const file = new URL('../../../resources/spam-assassin.csv.gz', import.meta.url)
  const rows: { text: string }[] = parse(gunzipSync(readFileSync(file)), { columns: true })
  return rows.map(({ text }) => text)
}

const special = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]']

describe('training word pieces', () => {
  it('merges the most frequent pairs of neighbours', () => {
    // (b, ##c) occurs 5 times, then (a, ##bc) is no pair: b begins its words. (a, ##b) has 3.
    const texts = ['bc bc bc bc bc', 'ab ab ab', 'abd', 'x']
    expect(train(texts)).toEqual([
      ...special,
      ...['a', 'b', 'c', 'd', 'x', '##b', '##c', '##d'],
      ...['bc', 'ab']
    ])
    expect(train(texts, { minimumFrequency: 5 }).slice(13)).toEqual(['bc'])
    expect(train(texts, { minimumFrequency: 1 }).slice(13)).toEqual(['bc', 'ab', 'abd'])
    expect(train(texts, { size: 14 }).slice(13)).toEqual(['bc'])
  })

  it('counts pairs anew where neighbours have merged', () => {
    // a ##a ##a ##a ##a ##a, a ##aa ##aa ##a, aaa ##aa ##a, aaa ##aaa: of equals, the smaller ids.
    expect(train(['aaaaaa aaaaaa']).slice(5)).toEqual([
      'a',
      '##a',
      '##aa',
      'aaa',
      '##aaa',
      'aaaaaa'
    ])
  })

  it('keeps the most frequent characters', () => {
    const pieces = train(['aa bb bb c 字 字 字'], { alphabet: 2 })
    expect(pieces.slice(5)).toEqual(['b', '字', '##b', 'bb'])
  })

  it('leaves out words that the tokenizer would not look at', () => {
    expect(train(['a'.repeat(101), 'b'.repeat(101)])).toEqual(special)
  })

  it('normalises as its tokenizer does', () => {
    expect(train(['Été ÉTÉ e\u0301te\u0301 \ud800'])).toContain('ete')
  })

  it('finds the vocabulary of WordPieceTrainer', () => {
    const { size, texts, characters, pieces } = golden.trained
    const beginnings = mails()
      .slice(0, texts)
      .map((text) => Array.from(text).slice(0, characters).join(''))
    const trained = train(beginnings, { size, alphabet: 300 })
    expect([...trained].sort()).toEqual(pieces.split(' ').sort())
  })

  it('trains 8,000 pieces on ten thousand texts in seconds, the same each time', () => {
    const words = mails().join(' ').split(/\s+/)
    const texts = Array.from({ length: 10_000 }, (_, index) =>
      words.slice(index * 25, (index + 1) * 25).join(' ')
    )
    const before = performance.now()
    const pieces = train(texts)
    // It takes a tenth of this; counting all pairs anew at each merge takes minutes.
    expect(performance.now() - before).toBeLessThan(20_000)
    expect(pieces).toHaveLength(8_000)
    expect(train(texts)).toEqual(pieces)
  })
})
