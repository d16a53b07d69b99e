import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parquetMetadataAsync, parquetReadObjects, asyncBufferFromFile } from 'hyparquet'
import { parquetWriteBuffer, type ColumnSource, type SchemaElement } from 'hyparquet-writer'
import { describe, expect, it } from 'vitest'
import { openSource } from '../../src-main/dataset/sources.ts'
import { exportCurated } from '../../src-main/export/write-curated.ts'
import {
  columns,
  exported,
  pad,
  recordsOf,
  relabel,
  remove,
  weight,
  workspace
} from './workspace.ts'

const texts = ['a bad film', '\u{1f44d} fine', 'bad, bad', 'ends here']
const optional = { repetition_type: 'OPTIONAL' } as const
const schema: SchemaElement[] = [
  { name: 'root', num_children: 13 },
  { name: 'text', type: 'BYTE_ARRAY', converted_type: 'UTF8', ...optional },
  { name: 'label', type: 'INT64', repetition_type: 'REQUIRED' },
  { name: 'flag', type: 'BOOLEAN', ...optional },
  { name: 'small', type: 'INT32', converted_type: 'UINT_8', ...optional },
  { name: 'unsigned', type: 'INT64', converted_type: 'UINT_64', ...optional },
  { name: 'float', type: 'FLOAT', ...optional },
  { name: 'double', type: 'DOUBLE', ...optional },
  { name: 'bytes', type: 'BYTE_ARRAY', ...optional },
  { name: 'day', type: 'INT32', converted_type: 'DATE', ...optional },
  {
    name: 'when',
    type: 'INT64',
    logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'NANOS' },
    ...optional
  },
  {
    name: 'price',
    type: 'FIXED_LEN_BYTE_ARRAY',
    type_length: 16,
    converted_type: 'DECIMAL',
    precision: 38,
    scale: 2,
    ...optional
  },
  { name: 'parts', converted_type: 'LIST', num_children: 1, ...optional },
  { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
  { name: 'element', type: 'INT64', converted_type: 'TIMESTAMP_MICROS', ...optional },
  { name: 'json', type: 'BYTE_ARRAY', converted_type: 'JSON', ...optional }
]
const columnData: ColumnSource[] = [
  { name: 'text', data: texts },
  { name: 'label', data: [1n, 0n, 1n, 0n] },
  { name: 'flag', data: [true, null, false, true] },
  { name: 'small', data: [1, 255, null, 0] },
  { name: 'unsigned', data: [1n, null, null, 2n ** 64n - 1n] },
  { name: 'float', data: [0.5, null, Number.NaN, 3] },
  { name: 'double', data: [0.1, null, 2, 3] },
  { name: 'bytes', data: [1, 2, 3, 4].map((byte) => new Uint8Array([0xff, byte, 0xfe])) },
  { name: 'day', data: [1, 2, null, 20_000] },
  { name: 'when', data: [1_700_000_000_123_456_789n, null, 1n, -1n] },
  { name: 'price', data: [12_345_678_901_234_567_890_123n, null, -1n, 0n] },
  { name: 'parts', data: [[1_700_000_000_123_456n, null], [], null, [3n]] },
  { name: 'json', data: [{ a: [1] }, null, 'x', 2] }
]

async function parquetFile(folder: string): Promise<string> {
  const path = join(folder, 'data.parquet')
  const kvMetadata = [
    { key: 'huggingface', value: '{}' },
    { key: 'ARROW:schema', value: 'AAAA' }
  ]
  const bytes = parquetWriteBuffer({ columnData, schema, kvMetadata, rowGroupSize: 3 })
  await writeFile(path, new Uint8Array(bytes))
  return path
}

/** What is stored, with whole nanoseconds and bytes as they are. */
async function stored(path: string) {
  const file = await asyncBufferFromFile(path)
  const metadata = await parquetMetadataAsync(file)
  const rows = await parquetReadObjects({
    file,
    utf8: false,
    parsers: {
      timestampFromNanoseconds: (value: bigint) => value,
      timestampFromMicroseconds: (value: bigint) => value
    }
  })
  return { metadata, rows }
}

describe('a Parquet file', () => {
  it('keeps every type and value that no edit touches', async () => {
    const folder = await workspace()
    const path = await parquetFile(folder)
    const into = join(folder, 'curated.parquet')
    const edits = [pad(2, 'bad', texts[2]!), relabel(0, '0'), remove(1)]
    await exportCurated({ source: await openSource(path), columns, edits, into })
    const before = await stored(path)
    const after = await stored(into)
    expect(after.metadata.schema).toEqual(before.metadata.schema)
    expect(after.metadata.key_value_metadata).toEqual(before.metadata.key_value_metadata)
    const [first, , third, fourth] = before.rows
    expect(after.rows).toEqual([
      { ...first, label: 0n },
      { ...third, text: '[PAD], [PAD]' },
      fourth
    ])
    expect(first!.when).toBe(1_700_000_000_123_456_789n)
  })

  it('declares small integers so that every reader takes them', async () => {
    const folder = await workspace()
    const path = join(folder, 'data.parquet')
    const tiny = { type: 'INTEGER', bitWidth: 8, isSigned: true } as const
    const types: SchemaElement[] = [
      { name: 'root', num_children: 2 },
      { name: 'text', type: 'BYTE_ARRAY', logical_type: { type: 'STRING' }, ...optional },
      { name: 'label', type: 'INT32', logical_type: tiny, ...optional }
    ]
    const data = [
      { name: 'text', data: ['bad', 'good'] },
      { name: 'label', data: [-1, 1] }
    ]
    await writeFile(path, new Uint8Array(parquetWriteBuffer({ columnData: data, schema: types })))
    const into = join(folder, 'curated.parquet')
    const edits = [pad(0, 'bad', 'bad'), relabel(1, '-1')]
    await exportCurated({ source: await openSource(path), columns, edits, into })
    const { metadata } = await stored(into)
    expect(metadata.schema[2]).toMatchObject({ type: 'INT32', converted_type: 'INT_8' })
    expect(metadata.schema[2]!.logical_type).toBeUndefined()
    const records = await recordsOf(await openSource(into))
    expect(records.map(({ fields }) => fields)).toEqual([
      { text: '[PAD]', label: -1 },
      { text: 'good', label: -1 }
    ])
  })

  it('says so when a column cannot be written again', async () => {
    const folder = await workspace()
    const path = join(folder, 'data.parquet')
    const types: SchemaElement[] = [
      { name: 'root', num_children: 3 },
      { name: 'text', type: 'BYTE_ARRAY', converted_type: 'UTF8', ...optional },
      { name: 'label', type: 'INT32', ...optional },
      { name: 'map', converted_type: 'MAP', num_children: 1, ...optional },
      { name: 'key_value', repetition_type: 'REPEATED', num_children: 2 },
      { name: 'key', type: 'INT64', repetition_type: 'REQUIRED' },
      { name: 'value', type: 'INT64', ...optional }
    ]
    const data = [
      { name: 'text', data: ['bad'] },
      { name: 'label', data: [1] },
      { name: 'map', data: [new Map([[1n, 2n]])] }
    ]
    await writeFile(path, new Uint8Array(parquetWriteBuffer({ columnData: data, schema: types })))
    const source = await openSource(path)
    const into = join(folder, 'curated.parquet')
    await expect(exportCurated({ source, columns, edits: [], into })).rejects.toThrow(
      /data\.parquet cannot be written as Parquet .* Export as jsonl instead/
    )
  })

  it('gets a weight column', async () => {
    const folder = await workspace()
    const into = join(folder, 'curated.parquet')
    const source = await openSource(await parquetFile(folder))
    await exportCurated({ source, columns, edits: [weight(3, 0.5)], into })
    const { metadata, rows } = await stored(into)
    expect(rows.map((row) => row.weight as number)).toEqual([1, 1, 1, 0.5])
    expect(metadata.key_value_metadata).toEqual([{ key: 'huggingface', value: '{}' }])
  })

  it('refuses a label that the column cannot hold', async () => {
    const folder = await workspace()
    const into = join(folder, 'curated.parquet')
    const source = await openSource(await parquetFile(folder))
    await expect(
      exportCurated({ source, columns, edits: [relabel(0, 'good')], into })
    ).rejects.toThrow(/row 0: an edit sets the column label, which is of type INT64, to "good"/)
  })

  it('may lose all its rows', async () => {
    const folder = await workspace()
    const into = join(folder, 'curated.parquet')
    const source = await openSource(await parquetFile(folder))
    await exportCurated({ source, columns, edits: [0, 1, 2, 3].map(remove), into })
    expect((await stored(into)).rows).toEqual([])
  })
})

describe('conversions', () => {
  it('go from CSV to Parquet and back to the same cells', async () => {
    const csv = 'text,label,n\n"bad, film",x,1\n,y,\n"two\nlines",x,3\n'
    const folder = await workspace()
    const path = join(folder, 'a.parquet')
    await writeFile(path, await exported('a.csv', csv, [], { format: 'parquet' }))
    const back = join(folder, 'b.csv')
    const source = await openSource(path)
    await exportCurated({ source, columns, edits: [], into: back, format: 'csv' })
    expect((await readFile(back)).toString()).toBe(csv)
  })

  it('give JSON lines the narrowest types', async () => {
    const lines = [
      { text: 'bad', label: 1, ratio: 1, flag: true, mixed: 1, parts: [1], none: null },
      { text: 'b', label: 2, ratio: 0.5, flag: null, mixed: 'x', parts: null, none: null }
    ]
    const content = lines.map((line) => `${JSON.stringify(line)}\n`).join('')
    const folder = await workspace()
    const path = join(folder, 'a.parquet')
    const edits = [relabel(0, '2'), pad(0, 'bad', 'bad'), weight(0, 0)]
    await writeFile(path, await exported('a.jsonl', content, edits, { format: 'parquet' }))
    const records = await recordsOf(await openSource(path))
    expect(records.map(({ fields }) => fields)).toEqual([
      { ...lines[0], label: 2n, mixed: '1', text: '[PAD]', weight: 0 },
      { ...lines[1], label: 2n, weight: 1 }
    ])
  })

  it('write Parquet as JSON lines with all digits', async () => {
    const folder = await workspace()
    const into = join(folder, 'a.jsonl')
    const source = await openSource(await parquetFile(folder))
    await exportCurated({ source, columns, edits: [], into, format: 'jsonl' })
    const [first] = (await readFile(into, 'utf8')).split('\n')
    expect(first).toContain('"text":"a bad film","label":1,"flag":true,"small":1,"unsigned":1')
    expect(first).toContain('"day":"1970-01-02T00:00:00.000Z"')
  })
})
