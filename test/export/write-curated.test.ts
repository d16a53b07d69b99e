import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Format } from '../../src-main/dataset/source.ts'
import { openSource } from '../../src-main/dataset/sources.ts'
import type { FileEdit } from '../../src-main/export/edits-file.ts'
import { exportCurated } from '../../src-main/export/write-curated.ts'
import { columns, pad, relabel, remove, weight, workspace } from './workspace.ts'

const csv = 'text,label\nbad film,x\ngood film,y\nbad luck,x\n'

async function source() {
  const folder = await workspace()
  await writeFile(join(folder, 'data.csv'), csv)
  return { folder, source: await openSource(join(folder, 'data.csv')) }
}

describe('edits that cannot be made', () => {
  const cases: [name: string, edits: FileEdit[], code: string, message: RegExp][] = [
    ['of a row past the end', [remove(3)], 'bad-argument', /row 3, and the file has 3 rows/],
    ['of two labels', [relabel(0, 'x'), relabel(0, 'y')], 'bad-argument', /row 0 gets the labels/],
    ['of two weights', [weight(0, 1), weight(0, 2)], 'bad-argument', /the weights 1 and 2/],
    [
      'of overlapping words',
      [pad(0, 'bad', 'bad film'), pad(0, 'adfilm', 'b adfilm')],
      'bad-argument',
      /row 0 has overlapping words "bad" and "adfilm"/
    ],
    ['of a word elsewhere', [pad(1, 'bad', 'bad')], 'other-data', /where the text has "goo"/],
    ['past the text', [pad(0, 'bad', 'another bad')], 'other-data', /at 8 to 11/]
  ]
  it.each(cases)('%s are refused and leave nothing behind', async (_, edits, code, message) => {
    for (const format of ['csv', 'jsonl', 'parquet'] satisfies Format[]) {
      const { folder, source: from } = await source()
      const into = join(folder, 'curated')
      const done = exportCurated({ source: from, columns, edits, into, format })
      await expect(done).rejects.toMatchObject({ code })
      await expect(done).rejects.toThrow(message)
      expect(await readdir(folder)).toEqual(['data.csv'])
    }
  })
})

describe('the file that is written', () => {
  it('is never the source, not by way of a link either', async () => {
    const { folder, source: from } = await source()
    await symlink(from.path, join(folder, 'link.csv'))
    for (const into of [from.path, join(folder, 'link.csv')]) {
      const done = exportCurated({ source: from, columns, edits: [remove(0)], into })
      await expect(done).rejects.toMatchObject({ code: 'bad-argument' })
    }
    expect(await readFile(from.path, 'utf8')).toBe(csv)
  })

  it('stays as it was when the export is cancelled', async () => {
    const { folder, source: from } = await source()
    const into = join(folder, 'curated.csv')
    await writeFile(into, 'before')
    const stop = new AbortController()
    stop.abort()
    const done = exportCurated({ source: from, columns, edits: [], into, signal: stop.signal })
    await expect(done).rejects.toMatchObject({ code: 'cancelled' })
    expect(await readFile(into, 'utf8')).toBe('before')
    expect(await readdir(folder)).toEqual(['curated.csv', 'data.csv'])
  })

  it('is named when it cannot be written', async () => {
    const { folder, source: from } = await source()
    const missing = join(folder, 'missing', 'curated.csv')
    const done = exportCurated({ source: from, columns, edits: [], into: missing })
    await expect(done).rejects.toMatchObject({ code: 'cannot-write' })
    await expect(done).rejects.toThrow(/missing\/curated\.csv could not be written/)
    await mkdir(join(folder, 'taken.csv'))
    const onFolder = exportCurated({
      source: from,
      columns,
      edits: [],
      into: join(folder, 'taken.csv')
    })
    await expect(onFolder).rejects.toMatchObject({ code: 'cannot-write' })
    expect(await readdir(folder)).toEqual(['data.csv', 'taken.csv'])
  })

  it('tells how far it is', async () => {
    const { folder, source: from } = await source()
    const shares: number[] = []
    const onRead = (share: number): void => void shares.push(share)
    await exportCurated({ source: from, columns, edits: [], into: join(folder, 'a.csv'), onRead })
    expect(shares.at(-1)).toBe(1)
  })
})
