import iconv from 'iconv-lite'
import { describe, expect, it } from 'vitest'
import { readAll, refusal, useWorkplace } from './support.ts'

const work = useWorkplace()
const refused = (content: string | Uint8Array): Promise<string> =>
  refusal(readAll(work.write('a.csv', content)))

const samples: Record<string, string> = {
  utf8: 'naïve — 文 😀',
  'windows-1252': 'Le café était “très” réussi, à Noël — 5 €',
  'windows-1251': 'Фильм был очень хороший и смешной, всем советую посмотреть его дома',
  'koi8-r': 'фильм был очень хороший и смешной, всем советую посмотреть его дома',
  shift_jis: 'この映画はとても面白かったです',
  gb18030: '这部电影非常好看，我很喜欢',
  'euc-kr': '이 영화는 정말 재미있었다'
}

describe('the encoding of a text file', () => {
  it.each(Object.keys(samples))('is found: %s', async (encoding) => {
    const text = `text;label\n${`${samples[encoding]};pos\n`.repeat(5)}`
    const { source, records } = await readAll(work.write('a.csv', iconv.encode(text, encoding)))
    expect(source).toMatchObject({ encoding, bom: false })
    expect(source.header + records.map(({ raw }) => raw).join('')).toBe(text)
  })

  it.each(['utf8', 'utf-16le', 'utf-16be'])(
    'is told by a byte order mark: %s',
    async (encoding) => {
      const text = `text,label\r\n${'naïve 文 😀,pos\r\n'.repeat(40_000)}`
      const bytes = iconv.encode(text, encoding, { addBOM: true })
      const { source, records } = await readAll(work.write('a.csv', bytes))
      expect(source).toMatchObject({ encoding, bom: true, columns: ['text', 'label'] })
      expect(source.header + records.map(({ raw }) => raw).join('')).toBe(text)
      expect(records[39_999]).toMatchObject({ row: 39_999, line: 40_001 })
    }
  )

  it('is never one that would lose a byte', async () => {
    const bytes = Buffer.from([
      ...Buffer.from('text,label\n'),
      0x81,
      0x8d,
      0xe9,
      ...Buffer.from(',pos\n')
    ])
    const { source, records } = await readAll(work.write('a.csv', bytes))
    const text = source.header + records.map(({ raw }) => raw).join('')
    expect(iconv.encode(text, source.encoding!)).toEqual(bytes)
  })

  it('may not change within the file', async () => {
    const rows = 'naïve,pos\n'.repeat(20)
    const bytes = Buffer.concat([
      Buffer.from(`text,label\n${rows}caf`),
      Buffer.from([0xe9]),
      Buffer.from(`,neg\n${rows}`)
    ])
    expect(await refused(bytes)).toBe(
      'bad-data: a.csv, line 22: byte 0xE9 at offset 234 is not UTF-8, though other parts of the file are. Save the whole file in one encoding, UTF-8 at best.'
    )
  })

  it('may not change within the file, even if most lines are in the second', async () => {
    const latin = iconv.encode('café,neg\n'.repeat(50), 'windows-1252')
    const bytes = Buffer.concat([
      Buffer.from('text,label\n'),
      Buffer.from('naïve,pos\n'.repeat(8)),
      latin
    ])
    expect(await refused(bytes)).toMatch(/a\.csv, line 10: byte 0xE9 .* is not UTF-8/)
  })

  it('may not contradict the byte order mark', async () => {
    const bytes = Buffer.from([
      0xef,
      0xbb,
      0xbf,
      ...Buffer.from('text,label\ncaf'),
      0xe9,
      0x2c,
      0x61
    ])
    expect(await refused(bytes)).toMatch(/line 2: byte 0xE9 at offset 17 is not UTF-8/)
    expect(await refused(Buffer.from([0xff, 0xfe, 0x61, 0x00, 0x62]))).toMatch(
      /a\.csv: its byte order mark says UTF-16, but its bytes are not\..* save it again as UTF-8/
    )
  })

  it.each([
    ['overlong', [0xc0, 0xaf]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['past the last character', [0xf4, 0x90, 0x80, 0x80]],
    ['cut off', [0xe6, 0x96]]
  ])('is not UTF-8 with a sequence that is %s', async (_, sequence) => {
    const bytes = Buffer.from([...Buffer.from('é,b\n1,'), ...sequence])
    expect(await refused(bytes)).toMatch(
      /^bad-data: a\.csv, line 2: byte .* at offset 7 is not UTF-8/
    )
  })
})

describe('what is no text', () => {
  it('is refused for a NUL byte, with its line', async () => {
    expect(await refused('text,label\na,pos\nb\0,neg\n')).toMatch(
      /^bad-data: a\.csv, line 3: a NUL byte, which no text holds\..* Save it as CSV in UTF-8\.$/
    )
    const wide = iconv.encode('text,label\nb\0,neg\n', 'utf-16le', { addBOM: true })
    expect(await refused(wide)).toMatch(/a\.csv, line 2: a NUL byte/)
    expect(await refused(iconv.encode('text,label\n', 'utf-16le'))).toMatch(/UTF-16 without a byte/)
  })

  it('is refused when it is a spreadsheet or an archive', async () => {
    const bytes = Uint8Array.from({ length: 5000 }, (_, at) => (at * 37) % 256)
    bytes.set([0x50, 0x4b, 3, 4])
    expect(await refused(bytes)).toMatch(/a NUL byte.*a binary file \(a spreadsheet, an archive\)/)
  })

  it.each(['', '\n\n\r\n'])('is refused when nothing is in it: %j', async (content) => {
    expect(await refused(content)).toBe(
      'bad-data: a.csv: the file holds no data. Choose another file.'
    )
  })
})
