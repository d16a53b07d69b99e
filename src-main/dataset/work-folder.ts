/** A folder that appears whole or not at all. */
import { randomBytes } from 'node:crypto'
import { mkdir, readdir, rename, rm, rmdir } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { ErratumError } from '../errors.ts'
import { makeFolder } from '../files/write.ts'
import { explainWriteError, writableOrExplain } from '../files/write-errors.ts'

/** What a killed process leaves of a folder of this name: its unfinished contents. */
export function isPartial(name: string, target: string): boolean {
  return name.startsWith(`${target}.partial-`) && /^[0-9a-f]{12}$/.test(name.slice(-12))
}

export interface WholeFolderOptions {
  /** Whether it takes the place of what is there already, which stays until then. */
  replaces?: boolean | undefined
}

/**
 * Runs `fill` on a temporary folder beside `target` and then renames it to `target`. When `fill`
 * throws, nothing of it remains, nor any folder that was made on the way to it. `target` must not
 * exist, or be an empty folder, unless it is to be replaced.
 */
export async function makeFolderWhole<T>(
  target: string,
  fill: (folder: string) => Promise<T>,
  { replaces = false }: WholeFolderOptions = {}
): Promise<T> {
  const path = resolve(target)
  if (!replaces) await requireVacant(path)
  const parent = dirname(path)
  const made: string[] = []
  const folder = partialOf(path)
  try {
    await makeFolder(parent, made)
    await writableOrExplain(path, () => mkdir(folder))
    const result = await fill(folder)
    await writableOrExplain(path, () => (replaces ? takePlace(folder, path) : moveTo(folder, path)))
    return result
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    for (const above of made.reverse()) await rmdir(above).catch(() => undefined)
    throw aboutTarget(path, error)
  }
}

function partialOf(path: string): string {
  return `${path}.partial-${randomBytes(6).toString('hex')}`
}

/** Puts a folder where there is none, or an empty one. */
async function moveTo(folder: string, path: string): Promise<void> {
  await rmdir(path).catch(unlessMissing)
  await rename(folder, path)
}

/** Puts a folder in the place of another, which is deleted once it is there. */
async function takePlace(folder: string, path: string): Promise<void> {
  // What a killed process leaves of it goes as its unfinished contents do.
  const old = partialOf(path)
  await rename(path, old).catch(unlessMissing)
  try {
    await rename(folder, path)
  } catch (error) {
    await rename(old, path).catch(() => undefined)
    throw error
  }
  await rm(old, { recursive: true, force: true }).catch(() => undefined)
}

function unlessMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error
}

/** A failure to write names the folder that was asked for, not the temporary one. */
function aboutTarget(path: string, error: unknown): unknown {
  const isWriteError = error instanceof ErratumError && error.code === 'cannot-write'
  return isWriteError && error.cause ? explainWriteError(path, error.cause) : error
}

/** Throws unless the folder is missing or empty. */
async function requireVacant(path: string): Promise<void> {
  const names = await readdir(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    return writableOrExplain<string[]>(path, () => Promise.reject(error))
  })
  if (names.length === 0) return
  throw new ErratumError(
    'cannot-write',
    `${path} could not be written: there are files in it. Choose another folder, or empty this one.`
  )
}
