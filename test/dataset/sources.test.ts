import { mkdirSync, writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { describe, expect, it } from 'vitest'
import { openSource } from '../../src-main/dataset/sources.ts'
import { readAll, refusal, useWorkplace } from './support.ts'

const work = useWorkplace()

function parquet(count: number, rowGroupSize: number): Uint8Array {
  const rows = Array.from({ length: count }, (_, row) => row)
  return new Uint8Array(
    parquetWriteBuffer({
      columnData: [
        { name: 'text', data: rows.map((row) => `naïve ${row}`) },
        { name: 'label', data: rows.map((row) => BigInt(row % 2)), type: 'INT64' }
      ],
      rowGroupSize
    })
  )
}

describe('openSource', () => {
  it('refuses a file that is not there, with its path', async () => {
    const path = work.at('gone.csv')
    expect(await refusal(openSource(path))).toBe(
      `bad-data: gone.csv: the file does not exist. Check the path: ${path}`
    )
  })

  it('refuses a folder', async () => {
    mkdirSync(work.at('folder.csv'))
    expect(await refusal(openSource(work.at('folder.csv')))).toMatch(
      /is a folder\. Name a data file/
    )
  })

  it('refuses an unknown format and lists the known ones', async () => {
    const path = work.write('a.xlsx', 'x')
    expect(await refusal(openSource(path))).toMatch(
      /^bad-data: a\.xlsx: the name does not end in one of \.csv, .*\.parquet.* Convert the file/
    )
  })

  it('calls the file what it is told to', async () => {
    const path = work.write('a.csv', '')
    expect(await refusal(openSource(path, { name: 'reviews.csv' }))).toMatch(
      /reviews\.csv: the file/
    )
  })

  it('opens a file with a header only', async () => {
    const { source, records } = await readAll(work.write('a.csv', 'text,label\n'))
    expect([source.columns, records]).toEqual([['text', 'label'], []])
  })

  it('can be cancelled', async () => {
    const signal = AbortSignal.abort()
    for (const name of ['a.csv', 'a.tsv', 'a.jsonl']) {
      const path = work.write(name, 'text\tlabel\n')
      expect(await refusal(openSource(path, { signal }))).toBe('cancelled: Cancelled.')
    }
  })
})

describe('JSONL', () => {
  it('reads objects, their lines, and keys that come later', async () => {
    const content = '\n{"text":"a\\nb","label":1}\r\n\n{"text":"é","label":true,"more":null}'
    const { source, records } = await readAll(work.write('a.jsonl', content))
    expect(source).toMatchObject({
      format: 'jsonl',
      encoding: 'utf8',
      columns: ['text', 'label', 'more']
    })
    expect(records.map(({ line, fields }) => [line, fields])).toEqual([
      [2, { text: 'a\nb', label: 1 }],
      [4, { text: 'é', label: true, more: null }]
    ])
    expect(source.header + records.map(({ raw }) => raw).join('')).toBe(content)
  })

  it.each([
    [
      '{"text":"a"}\n{"text":\n',
      /^bad-data: a\.jsonl, row 1 \(line 2\): the line is not JSON \(.*\)\. Each/
    ],
    ['[{"text":"a"}]\n', /row 0 \(line 1\): the line holds a list, not a JSON object/],
    ['3\n', /the line holds a single value/],
    ['{}\n', /the file holds no data/],
    ['\n \n', /the file holds no data/]
  ])('refuses %j', async (content, message) => {
    expect(await refusal(readAll(work.write('a.jsonl', content)))).toMatch(message)
  })
})

describe('Parquet', () => {
  it('reads row group by row group', async () => {
    const path = work.write('a.parquet', parquet(250, 100))
    const source = await openSource(path)
    expect([source.format, source.columns]).toEqual(['parquet', ['text', 'label']])
    const shares: number[] = []
    let row = 0
    for await (const record of source.records({ onRead: (share) => shares.push(share) })) {
      expect(record).toEqual({
        row,
        line: 0,
        fields: { text: `naïve ${row}`, label: BigInt(row % 2) }
      })
      row++
    }
    expect([row, shares]).toEqual([250, [0.4, 0.8, 1]])
  })

  it('reads only the columns that are needed', async () => {
    const source = await openSource(work.write('a.parquet', parquet(2, 2)))
    for await (const { fields } of source.records({ columns: ['label'] })) {
      expect(Object.keys(fields)).toEqual(['label'])
    }
  })

  it('reads gzip as well', async () => {
    const bytes = parquetWriteBuffer({
      columnData: [{ name: 'text', data: ['a', 'b'] }],
      codec: 'GZIP',
      compressors: { GZIP: (input) => new Uint8Array(gzipSync(input)) }
    })
    const { records } = await readAll(work.write('a.parquet', new Uint8Array(bytes)))
    expect(records.map(({ fields }) => fields.text)).toEqual(['a', 'b'])
  })

  it('refuses what is damaged or none, and says which compressions it reads', async () => {
    const bytes = parquet(100, 100)
    for (const wrong of [
      Buffer.from('text,label\n'.repeat(9)),
      bytes.subarray(0, 200),
      bytes.subarray(200)
    ]) {
      const path = work.write('a.parquet', wrong)
      expect(await refusal(readAll(path))).toMatch(
        /^bad-data: a\.parquet: the file cannot be read as Parquet \(.*\)\. If it is damaged, .*SNAPPY, GZIP/
      )
    }
    writeFileSync(work.at('empty.parquet'), '')
    expect(await refusal(openSource(work.at('empty.parquet')))).toMatch(/the file holds no data/)
  })
})
