/** Says what there is to download for a part, and does it: the work of `npm run setup:gpu`. */
import { existsSync } from 'node:fs'
import { join, relative } from 'node:path'
import { ErratumError, firstSentence } from '../../src-main/errors.ts'
import { makeFolder } from '../../src-main/files/write.ts'
import { lockFolder } from '../../src-main/project/lock.ts'
import type { RemoteFile } from './download.ts'
import { download, nameOf, sizeOf } from './download.ts'
import type { Part } from './parts.ts'
import { hostOf } from './request.ts'
import { megabytes } from './sizes.ts'

/** Why a part is not to be had for a system; empty where it is. */
export function impossible({ platforms, title }: Part, system: string): string {
  if (!platforms || platforms.includes(system)) return ''
  const where = platforms.length > 0 ? `for ${platforms.join(', ')} only` : 'for other systems only'
  return `${title} is published ${where}; this is ${system}.`
}

/** What getting a part means, line by line. A server that does not answer is no reason to fail. */
export async function describe(part: Part, downloads: string): Promise<string[]> {
  const files = await part.files().catch(shortReason)
  const lines =
    typeof files === 'string'
      ? [`what there is could not be looked up: ${files}`]
      : await Promise.all(files.map((file) => describeFile(file, downloads)))
  return [
    `${part.title} (${part.licence})${part.isHere() ? ', which is here already' : ''}`,
    ...(part.npm ? [`${part.npm}, by npm, checked by a package-lock.json`] : []),
    ...lines,
    `goes to ${shortPath(part.folder)}`
  ]
}

async function describeFile(file: RemoteFile, downloads: string): Promise<string> {
  const isHere = existsSync(join(downloads, file.name))
  const size = isHere ? 'downloaded already' : await sizeOf(file).then(sizeText, shortReason)
  const check = file.hash
    ? `checked by the ${nameOf(file.hash)} that is published for it`
    : 'no hash is published for it, an MD5 that the server may send along is checked'
  return `${file.name} from ${hostOf(file.url)}: ${size}; ${check}`
}

const sizeText = (size: number | undefined) =>
  size === undefined ? 'the server tells no size' : megabytes(size)

/** What went wrong, without what to do about it. */
function shortReason(error: unknown): string {
  if (error instanceof ErratumError) return firstSentence(error.message)
  throw error
}

interface GetOptions {
  /** The folder in which downloads are kept, finished or not. */
  downloads: string
  onProgress: (name: string, done: number, total: number | undefined) => void
}

/**
 * Downloads a part's files, going on where an earlier try ended, and puts them in place; one
 * process at a time. Throws `cannot-download`, `cannot-write` or `locked`, with what to do.
 */
export async function get(part: Part, { downloads, onProgress }: GetOptions): Promise<void> {
  await makeFolder(downloads)
  const lock = await lockFolder(downloads, 'downloads.lock')
  try {
    part.prepare?.()
    const paths: string[] = []
    for (const file of await part.files()) {
      const progress = (done: number, total: number | undefined) =>
        onProgress(file.name, done, total)
      paths.push(await download(file, downloads, { onProgress: progress }))
    }
    await part.install(paths)
  } finally {
    lock.release()
  }
  if (part.isHere()) return
  throw new ErratumError(
    'cannot-download',
    `${part.title} is still not whole in ${shortPath(part.folder)}, although nothing failed. ` +
      'Run npm ci, then the command again; if that does not help, update Erratum.'
  )
}

/** A path as it is told: from here, if it lies below. */
export function shortPath(path: string): string {
  const short = relative(process.cwd(), path)
  return short.startsWith('..') ? path : short
}
