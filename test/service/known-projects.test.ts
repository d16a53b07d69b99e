import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { KnownProjects } from '../../src-main/service/known-projects.ts'
import { PickedPaths } from '../../src-main/service/picked.ts'

let folder: string
const open = () =>
  new KnownProjects({ known: join(folder, 'projects.json'), projects: join(folder, 'projects') })

beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'erratum-known-'))))
afterEach(() => rmSync(folder, { recursive: true }))

it('remembers projects over a restart, the one opened last first', async () => {
  const known = open()
  const a = await known.note('/data/a')
  const b = await known.note('/data/b')
  expect(a).toMatch(/^[0-9a-f]{16}$/)
  await new Promise((resolve) => setTimeout(resolve, 2))
  expect(await known.note('/data/a')).toBe(a)
  const again = open()
  expect(again.list().map(({ id }) => id)).toEqual([a, b])
  expect(again.folderOf(b)).toBe('/data/b')
  await again.forget(b)
  expect(() => open().folderOf(b)).toThrow('not on the list any more')
})

it('starts empty from a list that is damaged', () => {
  writeFileSync(join(folder, 'projects.json'), '[{"folder": 3')
  expect(open().list()).toEqual([])
})

it('makes folder names out of any name, and never leaves its own folder', () => {
  const known = open()
  const within = join(folder, 'projects')
  expect(known.newFolder('Reviews 2')).toBe(join(within, 'Reviews 2'))
  expect(known.newFolder('../../etc/passwd')).toBe(join(within, 'etc passwd'))
  expect(known.newFolder('..')).toBe(join(within, 'project'))
  expect(known.newFolder('a\0b\\c')).toBe(join(within, 'a b c'))
  expect(known.newFolder('评论 ‮x')).toBe(join(within, '评论 x'))
})

it('issues tokens for what is there, and knows no others', () => {
  const picked = new PickedPaths()
  const path = join(folder, 'data.csv')
  writeFileSync(path, 'text,label\n')
  const file = picked.issue(path)
  expect(file).toMatchObject({ name: 'data.csv', bytes: 11 })
  expect(picked.path(file.token)).toBe(path)
  expect(picked.issue(path).token).toBe(file.token)
  expect(() => picked.path('c3b4a1de-0000-4000-8000-000000000000')).toThrow('Pick it again')
  expect(() => picked.issue(join(folder, 'none.csv'))).toThrow('does not exist')
})
