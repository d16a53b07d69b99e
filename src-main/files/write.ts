/**
 * Writing that is never seen half done: into a temporary file beside the target, flushed to the
 * disk, then renamed over it. npm's write-file-atomic is not used because it takes a short write
 * for a full one: on a disk that fills up it renames a truncated file over the good one (seen with
 * 7.0.1). `writeFile` on an open file goes on until every byte is written, or throws.
 */
import { randomBytes } from 'node:crypto'
import { mkdir, open, readdir, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { writableOrExplain } from './write-errors.ts'

type Chunk = string | NodeJS.ArrayBufferView

/** All at once, or in parts for what is too large to hold. */
export type Content = Chunk | Iterable<Chunk> | AsyncIterable<Chunk>

const temporaryName = /\.[0-9a-f]{12}\.tmp$/

/** Writes text (UTF-8) or bytes to a file, all or nothing; throws `cannot-write` with the remedy. */
export function writeFileAtomically(path: string, content: Content): Promise<void> {
  return writableOrExplain(path, async () => {
    // A link stays a link: what it points to is replaced.
    const target = await realpath(path).catch(() => path)
    const temporary = `${target}.${randomBytes(6).toString('hex')}.tmp`
    try {
      await writeAndSync(temporary, content)
      await rename(temporary, target)
    } catch (error) {
      await rm(temporary, { force: true })
      throw error
    }
    await syncFolder(dirname(target))
  })
}

/** Writes a value as indented JSON with a final newline, all or nothing. */
export function writeJsonAtomically(path: string, value: unknown): Promise<void> {
  return writeFileAtomically(path, `${JSON.stringify(value, null, 2)}\n`)
}

/**
 * Makes a folder and those above it; fine when it is there. Those that were missing are added to
 * `made` from the top down, so that a caller that fails can take them away again. Node's own
 * recursive `mkdir` reports a read-only disk as a missing folder, and never returns in /proc.
 */
export async function makeFolder(path: string, made: string[] = []): Promise<void> {
  await writableOrExplain(path, () => makeMissing(resolve(path), made))
}

/** Whether a file of this name is an unfinished write, of a process that runs or was killed. */
export function isUnfinished(name: string): boolean {
  return temporaryName.test(name)
}

/** Deletes what a killed process left of its unfinished writes in a folder; only for its sole writer. */
export async function removeUnfinished(folder: string): Promise<void> {
  const names = await readdir(folder)
  const leftovers = names.filter(isUnfinished)
  await Promise.all(leftovers.map((name) => rm(join(folder, name), { force: true })))
}

async function makeMissing(path: string, made: string[]): Promise<void> {
  if (await isFolder(path)) return
  await makeMissing(dirname(path), made)
  try {
    await mkdir(path)
    made.push(path)
  } catch (error) {
    // Another process was faster.
    if (!(await isFolder(path))) throw error
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    const found = await stat(path)
    if (found.isDirectory()) return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
  throw Object.assign(new Error(`${path} is a file`), { code: 'ENOTDIR' })
}

async function writeAndSync(path: string, content: Content): Promise<void> {
  const handle = await open(path, 'wx')
  try {
    await writeFile(handle, content)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Makes a rename survive a power cut where the system lets a folder be flushed (not on Windows). */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined)
  await handle?.sync().catch(() => undefined)
  await handle?.close()
}
