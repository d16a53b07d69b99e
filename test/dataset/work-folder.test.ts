import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { makeFolderWhole } from '../../src-main/dataset/work-folder.ts'

let parent: string
let target: string

const fill = (content: string) => (folder: string) => {
  writeFileSync(join(folder, 'a.txt'), content)
  return Promise.resolve()
}

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'erratum-whole-'))
  target = join(parent, 'set')
  onTestFinished(() => rmSync(parent, { recursive: true }))
})

describe('a folder that takes the place of another', () => {
  beforeEach(() => {
    mkdirSync(target)
    writeFileSync(join(target, 'a.txt'), 'old')
    writeFileSync(join(target, 'b.txt'), 'old')
  })

  it('is not written without being told so', async () => {
    await expect(makeFolderWhole(target, fill('new'))).rejects.toThrow(/there are files in it/)
    expect(readFileSync(join(target, 'a.txt'), 'utf8')).toBe('old')
  })

  it('leaves that as it is until it is whole itself, and then nothing of it', async () => {
    const look = async (folder: string) => {
      await fill('new')(folder)
      expect(readdirSync(target)).toEqual(['a.txt', 'b.txt'])
      expect(readFileSync(join(target, 'a.txt'), 'utf8')).toBe('old')
    }
    await makeFolderWhole(target, look, { replaces: true })
    expect(readdirSync(target)).toEqual(['a.txt'])
    expect(readFileSync(join(target, 'a.txt'), 'utf8')).toBe('new')
    expect(readdirSync(parent)).toEqual(['set'])
  })

  it('leaves that as it is when it fails', async () => {
    const failing = async (folder: string) => {
      await fill('new')(folder)
      throw new Error('Stop.')
    }
    await expect(makeFolderWhole(target, failing, { replaces: true })).rejects.toThrow('Stop.')
    expect(readFileSync(join(target, 'a.txt'), 'utf8')).toBe('old')
    expect(readdirSync(parent)).toEqual(['set'])
  })
})

it('may be told to replace what there is not', async () => {
  await makeFolderWhole(target, fill('new'), { replaces: true })
  expect(readdirSync(target)).toEqual(['a.txt'])
  expect(readdirSync(parent)).toEqual(['set'])
})
