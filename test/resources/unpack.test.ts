import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { Header, create } from 'tar'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { unpackTar } from '../../resources/setup/unpack.ts'
import { someBytes } from './file-server.ts'

let folder: string
const at = (path: string) => join(folder, path)

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'erratum-unpack-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** A .tar.gz of one file of a few bytes, whatever its path may be. */
function tarOf(path: string): void {
  const content = Buffer.from('something')
  const header = new Header({ path, size: content.length, type: 'File', mode: 0o644 })
  const blocks = Buffer.alloc(4 * 512)
  header.encode(blocks, 0)
  content.copy(blocks, 512)
  writeFileSync(at('some.tar.gz'), gzipSync(blocks))
}

test('what is unpacked takes the place of what was there', async () => {
  mkdirSync(at('into'))
  writeFileSync(at('into/old'), '')
  tarOf('a/b')
  await unpackTar(at('some.tar.gz'), at('into'))
  expect(readdirSync(at('into'))).toEqual(['a'])
  expect(readFileSync(at('into/a/b'), 'utf8')).toBe('something')
})

test.each(['../out', 'a/../../out', '/tmp/erratum-out'])(
  'a file that would go elsewhere, to %s, has none of its archive unpacked',
  async (path) => {
    tarOf(path)
    await expect(unpackTar(at('some.tar.gz'), at('into'))).rejects.toMatchObject({
      code: 'cannot-download',
      message: expect.stringMatching(
        /expected kind: .*(contains '\.\.'|absolute path)\. /
      ) as string
    })
    expect(readdirSync(folder)).toEqual(['some.tar.gz'])
  }
)

test('a disk that takes no more is not blamed on the archive', async () => {
  writeFileSync(at('large'), someBytes(4 * 2 ** 20))
  await create({ file: at('some.tar.gz'), gzip: true, cwd: folder }, ['large'])
  rmSync(at('large'))
  const script = join(import.meta.dirname, 'unpack-too-much.ts')
  const command = `trap '' XFSZ; ulimit -f 2048; exec "$0" --import tsx "$@"`
  const given = ['-c', command, process.execPath, script, at('some.tar.gz'), at('into')]
  expect(JSON.parse(execFileSync('bash', given).toString())).toMatchObject({
    code: 'cannot-write',
    message: expect.stringMatching(/^\S+into\.part could not be written: it grows larger/) as string
  })
  expect(readdirSync(folder)).toEqual(['some.tar.gz'])
})
