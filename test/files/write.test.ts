import { execFileSync } from 'node:child_process'
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  makeFolder,
  removeUnfinished,
  writeFileAtomically,
  writeJsonAtomically
} from '../../src-main/files/write.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'erratum-write-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const at = (name: string): string => join(folder, name)

describe('writeFileAtomically', () => {
  it('writes text as UTF-8 and leaves nothing beside it', async () => {
    await writeFileAtomically(at('a.txt'), 'naïve — 文\n')
    expect(readFileSync(at('a.txt'), 'utf8')).toBe('naïve — 文\n')
    expect(readdirSync(folder)).toEqual(['a.txt'])
  })

  it('writes the bytes of a view, also of one over shared memory', async () => {
    const shared = new Float32Array(new SharedArrayBuffer(16)).fill(1.5)
    await writeFileAtomically(at('b.bin'), shared.subarray(1, 3))
    expect([...new Float32Array(new Uint8Array(readFileSync(at('b.bin'))).buffer)]).toEqual([
      1.5, 1.5
    ])
  })

  it('writes parts as they come', async () => {
    async function* parts(): AsyncGenerator<string> {
      yield 'one\n'
      yield 'two\n'
    }
    await writeFileAtomically(at('c.txt'), parts())
    expect(readFileSync(at('c.txt'), 'utf8')).toBe('one\ntwo\n')
  })

  it('keeps the old file when the parts end in an error', async () => {
    writeFileSync(at('d.txt'), 'old')
    function* parts(): Generator<string> {
      yield 'new'
      throw new Error('no more')
    }
    await expect(writeFileAtomically(at('d.txt'), parts())).rejects.toThrow('no more')
    expect(readFileSync(at('d.txt'), 'utf8')).toBe('old')
    expect(readdirSync(folder)).toEqual(['d.txt'])
  })

  it('keeps the old file when a write stops short', () => {
    writeFileSync(at('e.bin'), 'old')
    const script = join(import.meta.dirname, 'write-too-much.ts')
    const command = `trap '' XFSZ; ulimit -f 2048; exec "$0" --import tsx "$1" "$2"`
    const output = execFileSync('bash', ['-c', command, process.execPath, script, at('e.bin')])
    const envelope: unknown = JSON.parse(output.toString())
    expect(envelope).toMatchObject({
      code: 'cannot-write',
      message: expect.stringMatching(/e\.bin.*larger/)
    })
    expect(readFileSync(at('e.bin'), 'utf8')).toBe('old')
    expect(readdirSync(folder)).toEqual(['e.bin'])
  })

  it('replaces what a link points to, not the link', async () => {
    writeFileSync(at('target'), 'old')
    symlinkSync(at('target'), at('link'))
    await writeFileAtomically(at('link'), 'new')
    expect(lstatSync(at('link')).isSymbolicLink()).toBe(true)
    expect(readFileSync(at('target'), 'utf8')).toBe('new')
  })

  it('says that a folder is in the way, or that the folder is missing', async () => {
    mkdirSync(at('taken'))
    await expect(writeFileAtomically(at('taken'), '')).rejects.toMatchObject({
      code: 'cannot-write',
      message: expect.stringMatching(/taken could not be written: there is a folder of this name/)
    })
    await expect(writeFileAtomically(at('none/x'), '')).rejects.toThrow(/Create the folder/)
  })
})

it('writes JSON that a person can read', async () => {
  await writeJsonAtomically(at('x.json'), { a: [1] })
  expect(readFileSync(at('x.json'), 'utf8')).toBe('{\n  "a": [\n    1\n  ]\n}\n')
})

it('makes folders, and names the file that is in the way', async () => {
  await makeFolder(at('p/q'))
  await makeFolder(at('p/q'))
  writeFileSync(at('file'), '')
  await expect(makeFolder(at('file/q'))).rejects.toMatchObject({ code: 'cannot-write' })
})

it('removes the unfinished files of a killed process and nothing else', async () => {
  for (const name of ['a.json', 'a.json.0123456789ab.tmp', 'mine.tmp']) writeFileSync(at(name), '')
  await removeUnfinished(folder)
  expect(readdirSync(folder).sort()).toEqual(['a.json', 'mine.tmp'])
})
