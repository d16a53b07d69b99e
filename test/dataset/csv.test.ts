import { parse } from 'csv-parse/sync'
import { describe, expect, it } from 'vitest'
import { takeRecord } from '../../src-main/dataset/csv-record.ts'
import { openSource } from '../../src-main/dataset/sources.ts'
import { uniformStream } from '../../src-main/random.ts'
import { readAll, refusal, useWorkplace } from './support.ts'

const work = useWorkplace()
const reading = (name: string, content: string | Uint8Array): Promise<string> =>
  refusal(readAll(work.write(name, content)))

/** Checks that header and records are the whole file, and gives back the fields. */
async function roundTrip(name: string, content: string): Promise<unknown[][]> {
  const { source, records } = await readAll(work.write(name, content))
  const whole = source.header + records.map(({ raw }) => raw).join('')
  expect(whole, JSON.stringify(content)).toBe(content)
  return records.map(({ fields }) => source.columns.map((column) => fields[column]))
}

describe('CSV', () => {
  it('reads fields, lines and raw records', async () => {
    const content = 'text,label\n"a ""b"", c\nd",pos\r\ne,neg\n\n\n'
    const { source, records } = await readAll(work.write('a.csv', content))
    expect(source).toMatchObject({
      name: 'a.csv',
      format: 'csv',
      encoding: 'utf8',
      bom: false,
      delimiter: ',',
      quoted: true,
      header: 'text,label\n',
      columns: ['text', 'label']
    })
    expect(records).toEqual([
      {
        row: 0,
        line: 2,
        fields: { text: 'a "b", c\nd', label: 'pos' },
        raw: '"a ""b"", c\nd",pos\r\n'
      },
      { row: 1, line: 4, fields: { text: 'e', label: 'neg' }, raw: 'e,neg\n\n\n' }
    ])
  })

  it.each([
    ['no line end at the end', 'a,b\n1,2', [['1', '2']]],
    [
      'Windows line ends',
      'a,b\r\n"1\r\n1",2\r\n\r\n3,4\r\n',
      [
        ['1\r\n1', '2'],
        ['3', '4']
      ]
    ],
    [
      'old Mac line ends',
      'a,b\r1,2\r\r"3\r3",4\r',
      [
        ['1', '2'],
        ['3\r3', '4']
      ]
    ],
    ['blank lines before the header', '\r\n\na,b\n1,2\n', [['1', '2']]],
    ['a double quote within a bare field', 'a,b\n5" tall,"x"\n', [['5" tall', 'x']]],
    [
      'empty fields at the ends',
      'a,b,c\n,,\n"","",',
      [
        ['', '', ''],
        ['', '', '']
      ]
    ],
    ['a carriage return within a field', 'a,b\n1\r1,2\n', [['1\r1', '2']]]
  ])('round-trips %s', async (_, content, rows) => {
    expect(await roundTrip('a.csv', content)).toEqual(rows)
  })

  it('agrees with csv-parse on random tables and never loses a character', async () => {
    const uniform = uniformStream(7)
    const pick = (from: readonly string[]) => from[Math.floor(uniform() * from.length)]!
    const cells = ['', 'x', 'naïve', ' y ', '文', '""', '"a,b"', '"a""b"', '"a\r\nb\n"', '"""é"""']
    const ends = ['\n', '\r\n', '\n\n', '\r\n\r\n']
    for (let round = 0; round < 200; round++) {
      const line = () => `${pick(cells)},${pick(cells)}${pick(ends)}`
      const content = `text,label\n${Array.from({ length: 12 }, line).join('')}`
      const expected = parse(content, { record_delimiter: ['\r\n', '\n'], skip_empty_lines: true })
      expect(await roundTrip('a.csv', content), JSON.stringify(content)).toEqual(expected.slice(1))
    }
  })

  it('cuts the same records wherever a chunk ends', () => {
    const text = 'a,"b ""c""\r\nd"\r\n\r\n"e",f\n\n'
    const dialect = { delimiter: ',', lineEnd: '\n', quoted: true } as const
    const whole = takeRecord(text, 0, true, dialect)
    expect(whole).toEqual({ value: ['a', 'b "c"\r\nd'], end: 18 })
    for (let length = 0; length < text.length; length++) {
      const piece = takeRecord(text.slice(0, length), 0, false, dialect)
      expect(piece, `cut at ${length}`).toEqual(length <= 18 ? undefined : whole)
    }
  })

  it('reads records that span chunks of the file, in time in proportion to their length', async () => {
    const long = 'lorem, "ipsum" dolor\n'.repeat(100_000)
    const content = `text,label\r\n"${long.replaceAll('"', '""')}",pos\r\nshort,neg\r\n`
    expect(await roundTrip('a.csv', content)).toEqual([
      [long, 'pos'],
      ['short', 'neg']
    ])
  })

  it.each([
    ['text;label\na, b;pos\n', ';'],
    ['text|label\na, b; c|pos\n', '|'],
    ['text\tlabel\na, b; c\tpos\n', '\t'],
    ['text,label\na; b,pos\n', ','],
    ['"text; long",label\na; b,pos\n', ','],
    ['text (a, b);label\nc;pos\nd, e, f;neg\n', ';'],
    ['text\nonly\n', ',']
  ])('finds the delimiter of %j', async (content, delimiter) => {
    expect((await openSource(work.write('a.csv', content))).delimiter).toBe(delimiter)
  })

  it('trims the names of columns and names the empty ones by their place', async () => {
    const { source, records } = await readAll(work.write('a.csv', 'v1, v2,,\nham,hi,,\n'))
    expect(source.columns).toEqual(['v1', 'v2', 'column 3', 'column 4'])
    expect(records[0]!.fields).toEqual({ v1: 'ham', v2: 'hi', 'column 3': '', 'column 4': '' })
  })

  it('keeps a column named __proto__ a column', async () => {
    expect(await roundTrip('a.csv', '__proto__,b\n1,2\n')).toEqual([['1', '2']])
  })

  it('names the row and the line of a ragged record', async () => {
    expect(await reading('a.csv', 'text,label\n"a\nb",pos\nc, d,neg\n')).toBe(
      'bad-data: a.csv, row 1 (line 4): 3 fields where the header has 2 columns. A text that holds a delimiter (,), a line break or a leading double quote must stand in double quotes; correct line 4.'
    )
  })

  it('names the line where a double quote opens that is never closed', async () => {
    const rows = 'x,pos\n'.repeat(50)
    const message = await reading('a.csv', `text,label\n${rows}"broken,pos\n${rows}`)
    expect(message).toMatch(
      /^bad-data: a\.csv, line 52: the double quote .* is never closed\. Close/
    )
  })

  it('names the line where a double quote opens that is closed too early', async () => {
    const message = await reading('a.csv', 'text,label\nx,pos\n"a\nb" c,pos\n')
    expect(message).toMatch(
      /^bad-data: a\.csv, line 3: .* closed before " c,pos".* Double the quotes/
    )
  })

  it('refuses two columns of one name', async () => {
    expect(await reading('a.csv', 'text,label,text\na,b,c\n')).toMatch(
      /^bad-data: a\.csv: two columns are named "text"\. Rename one/
    )
  })

  it('tells how much has been read', async () => {
    const source = await openSource(work.write('a.csv', `a,b\n${'1,2\n'.repeat(200_000)}`))
    const shares: number[] = []
    for await (const record of source.records({ onRead: (share) => shares.push(share) }))
      void record
    expect(shares.length).toBeGreaterThan(2)
    expect(shares.at(-1)).toBe(1)
    expect(shares).toEqual(shares.toSorted((a, b) => a - b))
  })
})

describe('TSV', () => {
  it('reads enclosed fields, and commas as they are', async () => {
    expect(await roundTrip('a.tsv', 'a\tb\n"x\ty"\t1, 2\n')).toEqual([['x\ty', '1, 2']])
  })

  it('falls back to no quoting for a file that cannot be read with it', async () => {
    const content = 'text\tlabel\n"It is" he said\t1\n"Never closed\t0\n'
    const { source } = await readAll(work.write('a.tsv', content))
    expect(source.quoted).toBe(false)
    expect(await roundTrip('a.tsv', content)).toEqual([
      ['"It is" he said', '1'],
      ['"Never closed', '0']
    ])
  })

  it('reports the first problem when neither way works', async () => {
    expect(await reading('a.tsv', 'text\tlabel\na\tb\tc\n')).toMatch(
      /^bad-data: a\.tsv, row 0 \(line 2\): 3 fields .* delimiter \(tab\)/
    )
  })
})
