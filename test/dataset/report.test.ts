import iconv from 'iconv-lite'
import { describe, expect, it } from 'vitest'
import { csvOf, refusal, useWorkplace } from './support.ts'

const work = useWorkplace()
const rowsWith = (lines: readonly string[]): string =>
  work.write('a.csv', `text,label,split\n${lines.join('\n')}\n`)

describe('the report of an import', () => {
  it('lists texts that stand twice, and those with different labels', async () => {
    const path = rowsWith([
      'x,pos,train',
      'y,neg,train',
      'x,pos,train',
      'y,pos,train',
      'x,pos,train',
      'z,neg,test'
    ])
    const report = await work.take(path, { split: 'split' })
    expect(report.duplicates).toEqual({
      rows: 3,
      groups: [
        [0, 2, 4],
        [1, 3]
      ]
    })
    expect(report.conflicts).toEqual({ rows: 2, groups: [[1, 3]] })
    expect(report.leaks).toEqual({ rows: 0, ids: [] })
    expect(report.warnings.slice(-2)).toEqual([
      '3 rows have the same text as an earlier row: rows 0, 2, 4, and others.',
      '2 rows with the same text have different labels: rows 1, 3. At least one label of each group is wrong.'
    ])
  })

  it('lists held-out texts that are trained on, unused rows aside', async () => {
    const path = rowsWith([
      'x,pos,train',
      'y,neg,train',
      'x,pos,test',
      'y,neg,dev',
      'z,neg,test',
      'x,pos,test'
    ])
    const report = await work.take(path, { split: 'split' })
    expect(report.leaks).toEqual({ rows: 2, ids: [2, 5] })
    expect(report.warnings.at(-1)).toBe(
      '2 held-out rows have the text of a training row: rows 2, 5. The accuracy will look better than it is.'
    )
  })

  it('lists the first hundred', async () => {
    const lines = Array.from(
      { length: 500 },
      (_, row) => `same ${row % 125},${row % 2},${row < 250 ? 'train' : 'test'}`
    )
    const report = await work.take(rowsWith(lines), { split: 'split' })
    expect([report.duplicates.rows, report.duplicates.groups.length]).toEqual([375, 100])
    expect([report.leaks.rows, report.leaks.ids.length]).toEqual([250, 100])
  })

  it('tells pairs with the same first text apart', async () => {
    const path = work.write('a.csv', 'a,b,label\nx,1,0\nx,2,1\nx,1,0\ny,1,1\n')
    const report = await work.take(path, { text: 'a', textPair: 'b' })
    expect(report.duplicates.groups).toEqual([[0, 2]])
  })

  it('counts empty texts apart from repeated ones', async () => {
    const report = await work.take(work.write('a.csv', `${csvOf(10)},pos\n  ,neg\n,neg\n`))
    expect(report.empty).toEqual({ rows: 3, ids: [10, 11, 12] })
    expect(report.duplicates.rows).toBe(0)
    expect(report.warnings).toEqual([
      "3 rows have no text: rows 10, 11, 12. A model can learn nothing but the label's share from them."
    ])
    expect(work.open().text(11)).toEqual(['  '])
  })

  it('copes with 100,000 empty texts, and refuses when all are', async () => {
    const empty = Array.from({ length: 100_000 }, (_, row) => `,${row % 2}\n`).join('')
    const report = await work.take(work.write('a.csv', `text,label\n${empty}x,0\n`))
    expect([report.empty.rows, report.empty.ids.length]).toEqual([100_000, 100])
    const path = work.write('b.csv', `text,label\n${empty}`)
    expect(await refusal(work.take(path, { into: work.at('out/all') }))).toBe(
      'bad-data: b.csv: column "text" holds no text in any row. Choose another column; the columns are text, label.'
    )
    expect(work.left()).toEqual(['set'])
  })

  it('puts many labels of the same problem into one sentence', async () => {
    const names = Array.from({ length: 20 }, (_, row) => `name ${row}`)
    const report = await work.take(
      work.write('a.csv', `${csvOf(60)}${names.map((name) => `x,${name}`).join('\n')}`)
    )
    expect(report.warnings[0]).toMatch(
      /^20 labels have each one row only, which is trained on and never held out: "name 0", .* and 8 more\.$/
    )
  })

  it('points at labels that differ in capital letters only', async () => {
    const report = await work.take(work.write('a.csv', csvOf(40, ['Pos', 'neg', 'pos'])))
    expect(report.warnings).toEqual([
      'Labels "Pos" and "pos" differ in capital letters only. If they mean the same, spell them alike.'
    ])
  })

  it('says when the encoding is a guess', async () => {
    const bytes = iconv.encode(`${csvOf(10)}un café très réussi à Noël,pos\n`, 'windows-1252')
    const report = await work.take(work.write('a.csv', bytes))
    expect(report.warnings).toEqual([
      'a.csv is not UTF-8; it was read as windows-1252, which is a guess. If letters look wrong, save it as UTF-8 and import it again.'
    ])
    expect(work.open().text(10)).toEqual(['un café très réussi à Noël'])
    expect(work.open().manifest.sources[0]).toMatchObject({ encoding: 'windows-1252', bom: false })
  })
})
