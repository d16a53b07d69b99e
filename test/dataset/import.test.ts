import { readFileSync } from 'node:fs'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { describe, expect, it } from 'vitest'
import { rowsOf } from '../../src-main/dataset/dataset.ts'
import type { ImportProgress } from '../../src-main/dataset/read-rows.ts'
import { csvOf, refusal, useWorkplace } from './support.ts'

const work = useWorkplace()

/** Imports CSV that must be refused, checks that nothing is left, and gives back the message. */
async function refused(content: string, options: Parameters<typeof work.take>[1] = {}) {
  const message = await refusal(work.take(work.write('reviews.csv', content), options))
  expect(work.left()).toEqual([])
  return message
}

describe('importDataset', () => {
  it('makes a folder that holds the texts, the classes, the splits and the file itself', async () => {
    const path = work.write('reviews.csv', csvOf(40))
    const report = await work.take(path)
    expect(work.left()).toEqual(['set'])
    expect(readFileSync(work.at('out/set/source.csv'), 'utf8')).toBe(csvOf(40))
    expect(report).toMatchObject({
      rows: 40,
      columns: ['text', 'label'],
      labels: [
        { label: 'neg', train: 17, test: 3, unused: 0 },
        { label: 'pos', train: 17, test: 3, unused: 0 }
      ],
      longest: { row: 10, characters: 7 },
      warnings: []
    })
    const dataset = work.open()
    expect(dataset).toMatchObject({ labels: ['neg', 'pos'], rowCount: 40 })
    expect(dataset.fingerprint).toBe(report.fingerprint)
    expect([...dataset.classes]).toEqual(Array.from({ length: 40 }, (_, row) => row % 2))
    expect(rowsOf(dataset, 'test')).toHaveLength(6)
    expect([dataset.text(39), dataset.text(0)]).toEqual([['text 39'], ['text 0']])
    expect(dataset.manifest).toMatchObject({
      version: 1,
      columns: { text: 'text', label: 'label' },
      counts: { train: [17, 17], test: [3, 3], unused: [0, 0] },
      seed: 1,
      heldOutShare: 0.15,
      sources: [
        {
          name: 'reviews.csv',
          file: 'source.csv',
          format: 'csv',
          encoding: 'utf8',
          bom: false,
          delimiter: ',',
          columns: ['text', 'label'],
          rowCount: 40
        }
      ]
    })
  })

  it('keeps texts exactly, line breaks, lone surrogates and all', async () => {
    const texts = [
      'a "quoted"\r\ntext\n',
      ' 文 😀 ',
      'lone \ud800 surrogate',
      '\u2028',
      'x'.repeat(1 << 20)
    ]
    const lines = texts.map((text, row) => JSON.stringify({ text, label: row % 2 }))
    const report = await work.take(work.write('a.jsonl', lines.join('\n')), { heldOutShare: 0.5 })
    const dataset = work.open()
    expect(texts.map((_, row) => dataset.text(row)[0])).toEqual(texts)
    expect(report.longest).toEqual({ row: 4, characters: 1 << 20 })
  })

  it('reads pairs', async () => {
    const content = 'premise,hypothesis,label\na,b,0\na,c,1\nd,,0\ne,f,1\n'
    const columns = { text: 'premise', textPair: 'hypothesis' }
    const report = await work.take(work.write('a.csv', content), columns)
    const dataset = work.open()
    expect([dataset.text(0), dataset.text(2)]).toEqual([
      ['a', 'b'],
      ['d', '']
    ])
    expect(dataset.manifest.columns).toEqual({ ...columns, label: 'label' })
    expect([report.duplicates.rows, report.empty.rows]).toEqual([0, 0])
  })

  it('gives the same fingerprint to the same data in any format, and another to other data', async () => {
    const rows = Array.from({ length: 30 }, (_, row) => ({
      text: row ? `é, ${row}` : '',
      label: row % 3
    }))
    const csv = rows.map(({ text, label }) => `"${text}",${label}\r\n`).join('')
    const parquet = parquetWriteBuffer({
      columnData: [
        { name: 'label', data: rows.map(({ label }) => BigInt(label)), type: 'INT64' },
        { name: 'text', data: rows.map(({ text }) => text || null), type: 'STRING' }
      ],
      rowGroupSize: 7
    })
    const files = [
      work.write('a.csv', `text,label\n${csv}`),
      work.write(
        'b.csv',
        Buffer.from(`\ufefftext;label\r\n${csv.replaceAll('",', '";')}`, 'utf16le')
      ),
      work.write(
        'a.tsv',
        `label\ttext\n${rows.map(({ text, label }) => `${label}\t${text}\n`).join('')}`
      ),
      work.write('a.jsonl', rows.map((row) => `${JSON.stringify(row)}\n`).join('')),
      work.write('a.parquet', new Uint8Array(parquet))
    ]
    const prints = new Set<string>()
    for (const [at, path] of files.entries()) {
      prints.add((await work.take(path, { into: work.at(`out/${at}`) })).fingerprint)
    }
    expect(prints.size).toBe(1)
    const others = [
      `text,label\n${csv.replace('é, 7', 'é, 8')}`,
      `text,label\n${csv.replace(',2', ',1')}`,
      `text,label\n${csv.split('\r\n').toReversed().filter(Boolean).join('\n')}\n`,
      `text,label\n${csv.replace(/,2/g, ',3')}`
    ]
    for (const [at, content] of others.entries()) {
      const into = work.at(`out/other ${at}`)
      prints.add((await work.take(work.write('c.csv', content), { into })).fingerprint)
    }
    prints.add((await work.take(files[0]!, { seed: 2, into: work.at('out/seed') })).fingerprint)
    expect(prints.size).toBe(6)
  })

  it('names a missing column, the columns there are, and the likeliest one', async () => {
    expect(await refused(csvOf(4), { text: 'Text' })).toBe(
      'bad-data: reviews.csv: there is no column "Text". The columns are text, label. Did you mean "text"?'
    )
    expect(await refused(csvOf(4), { label: 'lable' })).toMatch(/Did you mean "label"\?$/)
    expect(await refused(csvOf(4), { split: 'fold' })).toMatch(
      /are text, label\. Name one of these\.$/
    )
    expect(await refused(csvOf(4), { label: 'text' })).toMatch(
      /^bad-argument: Column "text" is named for/
    )
  })

  it('refuses a file that is missing, or that has no rows', async () => {
    expect(await refusal(work.take(work.at('gone.csv')))).toMatch(
      /gone\.csv: the file does not exist/
    )
    expect(await refused('text,label\n')).toBe(
      'bad-data: reviews.csv: the file has columns but no rows. Choose a file that holds data.'
    )
    expect(work.left()).toEqual([])
  })

  it('refuses texts that are lists', async () => {
    const path = work.write('a.jsonl', '{"text":"a","label":0}\n{"text":["b"],"label":1}\n')
    expect(await refusal(work.take(path))).toMatch(
      /^bad-data: a\.jsonl, row 1 \(line 2\): column "text" holds a list or an object, not a text\. Choose/
    )
  })

  it('leaves nothing when a late row is broken', async () => {
    const message = await refused(`${csvOf(5000)}"never closed,pos\n`)
    expect(message).toMatch(/^bad-data: reviews\.csv, line 5,002: the double quote/)
  })

  it('reports progress that ends at the whole', async () => {
    const seen: ImportProgress[] = []
    const path = work.write('a.csv', csvOf(60_000))
    const testPath = work.write('b.csv', csvOf(1000))
    await work.take(path, { testPath, onProgress: (progress) => seen.push({ ...progress }) })
    expect(seen.length).toBeGreaterThan(3)
    expect(seen.at(-1)).toEqual({ rows: 61_000, share: 1 })
    const shares = seen.map(({ share }) => share)
    expect(shares).toEqual(shares.toSorted((a, b) => a - b))
  })
})

describe('labels', () => {
  it('are sorted by value when they are numbers, by alphabet when not', async () => {
    const into = (name: string) => ({ into: work.at(`out/${name}`) })
    const numbers = await work.take(work.write('a.csv', csvOf(30, ['10', '-1', '2'])), into('a'))
    expect(numbers.labels.map(({ label }) => label)).toEqual(['-1', '2', '10'])
    const names = await work.take(work.write('a.csv', csvOf(30, ['b', '10', '9'])), into('b'))
    expect(names.labels.map(({ label }) => label)).toEqual(['10', '9', 'b'])
  })

  it('keep the order in which they are given', async () => {
    const path = work.write('a.csv', csvOf(20))
    const report = await work.take(path, { labels: ['pos', 'neg', 'mixed'] })
    expect(report.labels.map(({ label }) => label)).toEqual(['pos', 'neg', 'mixed'])
    expect(report.warnings).toEqual(['Label "mixed" has no rows.'])
    expect(work.open().classes[0]).toBe(1)
  })

  it('must be among those that are given', async () => {
    const content = `${csvOf(4182, ['positive', 'negative'])}x,postive\n`
    expect(await refused(content, { labels: ['positive', 'negative'] })).toBe(
      'bad-data: reviews.csv, row 4,182 (line 4,184): label "postive" is not one of positive, negative. Did you mean "positive"? Correct it, or pass --labels.'
    )
  })

  it.each([
    [['pos'], 'only 1 label'],
    [['pos', 'pos'], '"pos" twice'],
    [['pos', ' '], 'an empty label']
  ])('given as %j are refused', async (labels, problem) => {
    expect(await refused(csvOf(4), { labels })).toBe(
      `bad-argument: --labels names ${problem}. Name every label once, at least two.`
    )
  })

  it('must not be missing', async () => {
    expect(await refused('text,label\na,pos\nb, \n')).toBe(
      'bad-data: reviews.csv, row 1 (line 3): column "label" is empty. Give the row a label, or delete the row.'
    )
    const path = work.write(
      'a.jsonl',
      '{"text":"a","label":0}\n{"text":"b"}\n{"text":"c","label":null}\n'
    )
    expect(await refusal(work.take(path))).toMatch(
      /a\.jsonl, row 1 \(line 2\): column "label" is empty/
    )
  })

  it('must be at least two, in training too', async () => {
    expect(await refused(csvOf(10, ['pos']))).toBe(
      'bad-data: reviews.csv: every row has the label "pos" in column "label". A classifier needs at least two labels; choose another column.'
    )
    expect(await refused(csvOf(10, ['pos']), { labels: ['neg', 'pos'] })).toMatch(
      /every row to train on has the label "pos"/
    )
    const split = 'text,label,split\na,pos,train\nb,neg,test\nc,pos,train\n'
    expect(await refused(split, { split: 'split' })).toMatch(
      /every row to train on has the label "pos"/
    )
  })

  it('must not be as many as half of the rows, nor more than 1,000', async () => {
    const names = Array.from({ length: 3000 }, (_, index) => `id ${index}`)
    expect(await refused(csvOf(20, names))).toMatch(
      /^bad-data: reviews\.csv: column "label" holds 20 different labels, .* looks like no label column\. Choose another; the columns are text, label\./
    )
    expect(await refused(csvOf(9000, names))).toMatch(
      /holds more than 1,000 labels, .* no label column/
    )
  })

  it('of one row stay in training, with a warning that asks for a typing error', async () => {
    const report = await work.take(
      work.write('a.csv', `${csvOf(40, ['positive', 'negative'])}x,postive\n`)
    )
    expect(report.labels.at(-1)).toEqual({ label: 'postive', train: 1, test: 0, unused: 0 })
    expect(report.warnings).toEqual([
      'Label "postive" has one row only, which is trained on and never held out. Is it meant to be "positive"?'
    ])
  })
})
