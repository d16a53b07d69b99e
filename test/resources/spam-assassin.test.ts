import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { parse } from 'csv-parse/sync'
import { expect, it } from 'vitest'

const resources = join(import.meta.dirname, '../../resources')
const bytes = readFileSync(join(resources, 'spam-assassin.csv.gz'))
const csv = gunzipSync(bytes).toString('utf8')
const rows: Record<string, string>[] = parse(csv, { columns: true })
const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest('hex')

it('is the file that its notice describes', () => {
  const notice = readFileSync(join(resources, 'NOTICE-spam-assassin.md'), 'utf8')
  expect(notice).toContain(sha256(bytes))
  expect(notice).toContain(sha256(csv))
  expect(bytes.length).toBeLessThan(6_000_000)
})

it('holds enough mail of both labels and nothing else', () => {
  expect(Object.keys(rows[0]!)).toEqual(['text', 'label', 'source'])
  expect(new Set(rows.map((row) => row.label))).toEqual(new Set(['ham', 'spam']))
  expect(rows.filter((row) => row.label === 'ham').length).toBeGreaterThan(2000)
  expect(rows.filter((row) => row.label === 'spam').length).toBeGreaterThan(1200)
})

it('repeats neither a text nor a source, and is sorted by source', () => {
  expect(new Set(rows.map((row) => row.text)).size).toBe(rows.length)
  const sources = rows.map((row) => row.source!)
  expect(new Set(sources).size).toBe(rows.length)
  expect(sources).toEqual([...sources].sort())
  const mislabelled = rows.filter(
    (row) => row.source!.startsWith('spam') !== (row.label === 'spam')
  )
  expect(mislabelled).toEqual([])
})

it('is clean text: valid Unicode, no control characters, no addresses', () => {
  const dirty = rows.filter(
    ({ text = '' }) =>
      !text.isWellFormed() ||
      /[^\P{Cc}\n]|\ufffd/u.test(text) ||
      text.trim() !== text ||
      !/\p{L}/u.test(text)
  )
  expect(dirty.map((row) => row.source)).toEqual([])
  const exposed = rows.filter(({ text = '' }) => /[a-z0-9]@(?!example)[a-z0-9]/i.test(text))
  expect(exposed.map((row) => row.source)).toEqual([])
})
