import { describe, expect, it } from 'vitest'
import { rowsOf } from '../../src-main/dataset/dataset.ts'
import { openDataset } from '../../src-main/dataset/open.ts'
import { csvOf, refusal, useWorkplace } from './support.ts'

const work = useWorkplace()

describe('a split at random', () => {
  it('is the same for the same seed, and another for another', async () => {
    const path = work.write('a.csv', csvOf(400))
    const held: number[][] = []
    for (const [at, seed] of [5, 5, 6].entries()) {
      await work.take(path, { seed, into: work.at(`out/${at}`) })
      const dataset = openDataset(work.at(`out/${at}`))
      held.push(rowsOf(dataset, 'test'))
      dataset.close()
    }
    expect(held[0]).toEqual(held[1])
    expect(held[0]).not.toEqual(held[2])
  })

  it('holds out the same share of every label, at least one row and never all', async () => {
    const labels = [...Array<string>(40).fill('a'), ...Array<string>(8).fill('b'), 'c', 'c']
    const path = work.write('a.csv', csvOf(50, labels))
    const counts = async (heldOutShare: number, into: string) => {
      const report = await work.take(path, { heldOutShare, into: work.at(into) })
      return report.labels.map(({ train, test }) => [train, test])
    }
    expect(await counts(0.25, 'out/a')).toEqual([
      [30, 10],
      [6, 2],
      [1, 1]
    ])
    expect(await counts(0.01, 'out/b')).toEqual([
      [39, 1],
      [7, 1],
      [1, 1]
    ])
    expect(await counts(0.99, 'out/c')).toEqual([
      [1, 39],
      [1, 7],
      [1, 1]
    ])
  })

  it('needs a label with two rows, a share between 0 and 1 and a whole seed', async () => {
    const path = work.write('a.csv', 'text,label\na,pos\nb,neg\n')
    expect(await refusal(work.take(path))).toMatch(
      /^bad-data: a\.csv: no row can be held out, since no label has two rows/
    )
    for (const heldOutShare of [0, 1, NaN]) {
      expect(await refusal(work.take(path, { heldOutShare }))).toMatch(
        /^bad-argument: The held-out share/
      )
    }
    expect(await refusal(work.take(path, { seed: 0.5 }))).toMatch(/^bad-argument: The seed is 0\.5/)
    expect(work.left()).toEqual([])
  })
})

describe('a split column', () => {
  const withSplits = (values: readonly string[]): string =>
    work.write(
      'a.csv',
      `text,label,part\n${values.map((value, row) => `text ${row},${row % 2},${value}\n`).join('')}`
    )
  const splitsOf = async (values: readonly string[]): Promise<number[]> => {
    await work.take(withSplits(values), { split: 'part' })
    return [...work.open().splitOf]
  }

  it('leaves validation unused where there is a test', async () => {
    const values = ['train', 'Train ', 'TEST', 'test', 'dev', 'validation', 'valid', 'val']
    expect(await splitsOf(values)).toEqual([0, 0, 1, 1, 2, 2, 2, 2])
    expect(work.open().manifest.heldOutShare).toBeNull()
  })

  it('holds out validation where there is no test', async () => {
    expect(await splitsOf(['train', 'training', 'dev', 'Validation'])).toEqual([0, 0, 1, 1])
  })

  it.each([
    [
      ['train', 'tset'],
      /^bad-data: a\.csv, row 1 \(line 3\): column "part" says "tset", which is none of train/
    ],
    [['train', ''], /row 1 \(line 3\): column "part" says ""/],
    [['train', 'constructor'], /says "constructor", which is none/],
    [
      ['train', 'train'],
      /^bad-data: a\.csv: column "part" gives no row to test or validation\. Correct/
    ],
    [
      ['test', 'dev'],
      /column "part" gives no row to train\. Correct it, or leave the split column out/
    ]
  ])('is refused: %j', async (values, message) => {
    expect(await refusal(work.take(withSplits(values), { split: 'part' }))).toMatch(message)
    expect(work.left()).toEqual([])
  })
})

describe('a test file', () => {
  it('is held out as a whole, and may be of another format', async () => {
    const path = work.write('a.csv', csvOf(10))
    const lines = Array.from({ length: 4 }, (_, row) => ({
      label: ['pos', 'neg'][row % 2],
      text: `new ${row}`
    }))
    const testPath = work.write('b.jsonl', lines.map((line) => JSON.stringify(line)).join('\n'))
    const report = await work.take(path, { testPath })
    expect(report.labels).toEqual([
      { label: 'neg', train: 5, test: 2, unused: 0 },
      { label: 'pos', train: 5, test: 2, unused: 0 }
    ])
    const dataset = work.open()
    expect(rowsOf(dataset, 'test')).toEqual([10, 11, 12, 13])
    expect(dataset.text(10)).toEqual(['new 0'])
    expect(
      dataset.manifest.sources.map(({ name, file, rowCount }) => [name, file, rowCount])
    ).toEqual([
      ['a.csv', 'source.csv', 10],
      ['b.jsonl', 'test.jsonl', 4]
    ])
  })

  it('is named in messages, with its own row numbers', async () => {
    const path = work.write('a.csv', csvOf(10))
    const wrong = work.write('b.csv', 'text,label\na,pos\nb,\n')
    expect(await refusal(work.take(path, { testPath: wrong }))).toMatch(
      /b\.csv, row 1 \(line 3\): column/
    )
    const empty = work.write('b.csv', 'text,label\n')
    expect(await refusal(work.take(path, { testPath: empty }))).toMatch(
      /b\.csv: the file has columns but/
    )
    const other = work.write('b.csv', 'body,label\na,pos\n')
    expect(await refusal(work.take(path, { testPath: other }))).toMatch(
      /b\.csv: there is no column "text"/
    )
    expect(work.left()).toEqual([])
  })

  it('may hold a label that is never trained on, with a warning', async () => {
    const testPath = work.write('b.csv', 'text,label\na,possible\nb,possible\nc,neg\n')
    const report = await work.take(work.write('a.csv', csvOf(10)), { testPath })
    expect(report.warnings).toEqual([
      'Label "possible" has no row to train on, so no model can predict it.',
      'Label "pos" has no held-out row, so mistakes on it will not be seen.'
    ])
  })

  it('contradicts a split column', async () => {
    const path = work.write('a.csv', csvOf(10))
    expect(await refusal(work.take(path, { testPath: path, split: 'part' }))).toMatch(
      /^bad-argument: Both the column "part" and the file a\.csv say what is held out/
    )
  })
})
