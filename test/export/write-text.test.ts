import iconv from 'iconv-lite'
import { describe, expect, it } from 'vitest'
import { columns, exported, pad, relabel, remove, weight } from './workspace.ts'

const crlf =
  'id,text,label,note\r\n' +
  '1,"A bad, bad ""film""\r\nin two lines",neg, spaced \r\n' +
  '2,Bad acting,"neg",""\r\n' +
  '3,"plain but quoted",pos,x\r\n' +
  '\r\n' +
  '4,last,pos,no line end'

describe('a CSV file', () => {
  it('comes back byte for byte without edits', async () => {
    expect((await exported('a.csv', crlf, [])).toString()).toBe(crlf)
  })

  it('loses removed rows and keeps all other bytes', async () => {
    const curated = await exported('a.csv', crlf, [remove(0), remove(3)])
    expect(curated.toString()).toBe(
      'id,text,label,note\r\n2,Bad acting,"neg",""\r\n3,"plain but quoted",pos,x\r\n\r\n'
    )
  })

  it('has [PAD] in every place of the word and nothing else changed', async () => {
    const text = 'A bad, bad "film"\r\nin two lines'
    const curated = await exported('a.csv', crlf, [
      pad(0, 'bad', text),
      pad(1, 'bad', 'Bad acting')
    ])
    expect(curated.toString()).toBe(
      crlf.replace('A bad, bad', 'A [PAD], [PAD]').replace('Bad acting', '[PAD] acting')
    )
  })

  it('takes several edits of a row, and removal wins', async () => {
    const edits = [pad(1, 'bad', 'Bad acting'), pad(1, 'acting', 'Bad acting'), relabel(1, 'pos')]
    expect((await exported('a.csv', crlf, edits)).toString()).toBe(
      crlf.replace('Bad acting,"neg"', '[PAD] [PAD],"pos"')
    )
    const removed = await exported('a.csv', crlf, [...edits, remove(1)])
    expect(removed.toString()).toBe(crlf.replace('2,Bad acting,"neg",""\r\n', ''))
  })

  it('gets a weight in every row when one is weighted', async () => {
    const curated = await exported('a.csv', crlf, [weight(1, 0.25)])
    expect(curated.toString()).toBe(
      'id,text,label,note,weight\r\n' +
        '1,"A bad, bad ""film""\r\nin two lines",neg, spaced ,1\r\n' +
        '2,Bad acting,"neg","",0.25\r\n' +
        '3,"plain but quoted",pos,x,1\r\n' +
        '\r\n' +
        '4,last,pos,no line end,1'
    )
  })

  it('multiplies the weights that it has', async () => {
    const content = 'text,weight,label\na,2,x\nb,3,y\nc,,y\n'
    const curated = await exported('a.csv', content, [weight(1, 0.5), weight(2, 0)])
    expect(curated.toString()).toBe('text,weight,label\na,2,x\nb,1.5,y\nc,0,y\n')
  })

  it('quotes a label that needs it', async () => {
    const content = 'text,label\na,x\nb,"y, or ""z"""\n'
    const curated = await exported('a.csv', content, [relabel(0, 'y, or "z"')])
    expect(curated.toString()).toBe('text,label\na,"y, or ""z"""\nb,"y, or ""z"""\n')
  })

  it('edits both columns of a pair', async () => {
    const content = 'a,b,label\ngood film,a good one,yes\nx,y,no\n'
    const curated = await exported(
      'pair.csv',
      content,
      [pad(0, 'good', 'good film', 'a'), pad(0, 'good', 'a good one', 'b')],
      { columns: { text: 'a', textPair: 'b', label: 'label' } }
    )
    expect(curated.toString()).toBe('a,b,label\n[PAD] film,a [PAD] one,yes\nx,y,no\n')
  })
})

describe('encodings and dialects', () => {
  const body = 'text;label\r\n"Très; mauvais film";négatif\r\nUn café agréable où rêver;positif\r\n'
  const edits = [pad(0, 'mauvais', 'Très; mauvais film'), relabel(1, 'négatif')]
  const wanted = body.replace('mauvais', '[PAD]').replace('positif', 'négatif')
  const cases: [name: string, encode: (text: string) => Buffer][] = [
    ['UTF-8', (text) => Buffer.from(text)],
    ['UTF-8 with a byte order mark', (text) => Buffer.from(`\ufeff${text}`)],
    ['UTF-16 LE with a byte order mark', (text) => iconv.encode(`\ufeff${text}`, 'utf-16le')],
    ['UTF-16 BE with a byte order mark', (text) => iconv.encode(`\ufeff${text}`, 'utf-16be')],
    ['windows-1252', (text) => iconv.encode(text, 'windows-1252')]
  ]
  it.each(cases)('%s stays as it is', async (_, encode) => {
    expect(await exported('a.csv', encode(body), [])).toEqual(encode(body))
    expect(await exported('a.csv', encode(body), edits)).toEqual(encode(wanted))
  })

  it('refuses a label that the encoding lacks', async () => {
    const content = iconv.encode(body, 'windows-1252')
    await expect(exported('a.csv', content, [relabel(0, '良い')])).rejects.toThrow(
      /a\.csv is in the encoding .* lacks a character .* Export as jsonl/
    )
  })

  it('keeps a TSV file without quoting, and lone carriage returns', async () => {
    const tsv = 'text\tlabel\n"open bad\tx\nsay "bad"\ty\n'
    const padded = await exported('a.tsv', tsv, [pad(0, 'bad', '"open bad'), relabel(1, 'x')])
    expect(padded.toString()).toBe('text\tlabel\n"open [PAD]\tx\nsay "bad"\tx\n')
    const mac = 'text,label\rbad,x\rgood,y\r'
    expect((await exported('a.csv', mac, [weight(0, 0)])).toString()).toBe(
      'text,label,weight\rbad,x,0\rgood,y,1\r'
    )
  })
})

describe('a JSON lines file', () => {
  const jsonl =
    '{"text": "A bad \\"film\\"", "label": 1, "n": 1.0, "big": 12345678901234567890}\n' +
    '{"label":0,"nested":{"text":"bad"},"text":"caf\\u00e9 bad"}\r\n' +
    '{ "text" : "é bad" , "label" : 1 }'

  it('comes back byte for byte without edits', async () => {
    expect((await exported('a.jsonl', jsonl, [])).toString()).toBe(jsonl)
  })

  it('changes only the members that are edited', async () => {
    const edits = [pad(0, 'bad', 'A bad "film"'), relabel(0, '0'), pad(1, 'bad', 'café bad')]
    const curated = await exported('a.jsonl', jsonl, [...edits, pad(2, 'bad', 'é bad')])
    expect(curated.toString()).toBe(
      '{"text": "A [PAD] \\"film\\"", "label": 0, "n": 1.0, "big": 12345678901234567890}\n' +
        '{"label":0,"nested":{"text":"bad"},"text":"caf\\u00e9 [PAD]"}\r\n' +
        '{ "text" : "é [PAD]" , "label" : 1 }'
    )
  })

  it('adds weights in the style of the line', async () => {
    const curated = await exported('a.jsonl', jsonl, [weight(1, 0.5)])
    expect(curated.toString().split('\n')).toEqual([
      '{"text": "A bad \\"film\\"", "label": 1, "n": 1.0, "big": 12345678901234567890, "weight": 1}',
      '{"label":0,"nested":{"text":"bad"},"text":"caf\\u00e9 bad","weight":0.5}\r',
      '{ "text" : "é bad" , "label" : 1,"weight":1 }'
    ])
  })

  it('becomes CSV with every column that any line has', async () => {
    const lines = '{"text":"a","label":1}\n{"label":2,"text":"b, c","more":[1,{"x":null}]}\n'
    const curated = await exported('a.jsonl', lines, [], { format: 'csv', columns })
    expect(curated.toString()).toBe('text,label,more\na,1,\n"b, c",2,"[1,{""x"":null}]"\n')
  })
})

describe('other formats', () => {
  it('turns CSV into JSON lines and TSV in the order of its columns', async () => {
    const content = '2,text,label\n,"a\nbad",x\n'
    const edits = [pad(0, 'bad', 'a\nbad'), weight(0, 0.5)]
    expect((await exported('a.csv', content, edits, { format: 'jsonl' })).toString()).toBe(
      '{"2":"","text":"a\\n[PAD]","label":"x","weight":0.5}\n'
    )
    expect((await exported('a.csv', content, edits, { format: 'tsv' })).toString()).toBe(
      '2\ttext\tlabel\tweight\n\t"a\n[PAD]"\tx\t0.5\n'
    )
  })
})
