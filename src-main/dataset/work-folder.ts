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

/**
 * Runs `fill` on a temporary folder beside `target` and then renames it to `target`. When `fill`
 * throws, nothing of it remains, nor any folder that was made on the way to it. `target` must not
 * exist, or be an empty folder.
 */
export async function makeFolderWhole<T>(
  target: string,
  fill: (folder: string) => Promise<T>
): Promise<T> {
  const path = resolve(target)
  const wasThere = await requireVacant(path)
  const parent = dirname(path)
  const made: string[] = []
  const folder = `${path}.partial-${randomBytes(6).toString('hex')}`
  try {
    await makeFolder(parent, made)
    await writableOrExplain(path, () => mkdir(folder))
    const result = await fill(folder)
    if (wasThere) await writableOrExplain(path, () => rmdir(path))
    await writableOrExplain(path, () => rename(folder, path))
    return result
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    for (const above of made.reverse()) await rmdir(above).catch(() => undefined)
    throw aboutTarget(path, error)
  }
}

/** A failure to write names the folder that was asked for, not the temporary one. */
function aboutTarget(path: string, error: unknown): unknown {
  const isWriteError = error instanceof ErratumError && error.code === 'cannot-write'
  return isWriteError && error.cause ? explainWriteError(path, error.cause) : error
}

/** Whether the folder is there; throws unless it is missing or empty. */
async function requireVacant(path: string): Promise<boolean> {
  const names = await readdir(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    return writableOrExplain<string[]>(path, () => Promise.reject(error))
  })
  if (names?.length) {
    throw new ErratumError(
      'cannot-write',
      `${path} could not be written: there are files in it. Choose another folder, or empty this one.`
    )
  }
  return names !== undefined
}
