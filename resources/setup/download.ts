/**
 * Downloads that go on where they were cut off. A file grows as NAME.part, with what tells its
 * version in NAME.part.version, and gets its name once it is whole and checked, so what has the
 * name is right.
 */
import { createHash } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { gunzipSync } from 'node:zlib'
import { ErratumError } from '../../src-main/errors.ts'
import { makeFolder } from '../../src-main/files/write.ts'
import { writableOrExplain } from '../../src-main/files/write-errors.ts'
import { hostOf, request } from './request.ts'
import { megabytes } from './sizes.ts'

/** What a file must come to; hexadecimal digits. */
export interface Hash {
  readonly algorithm: 'sha256' | 'sha512' | 'md5'
  readonly digest: string
}

export interface RemoteFile {
  /** The name that it gets here. */
  readonly name: string
  readonly url: string
  /** What its source publishes to check it by; absent where it publishes nothing. */
  readonly hash?: Hash
}

interface DownloadOptions {
  /** Bytes that are here, and bytes in all where the server tells. */
  onProgress?: (done: number, total: number | undefined) => void
}

/** Downloads a file into a folder unless it is there, and returns its path. Throws `cannot-download`. */
export async function download(
  file: RemoteFile,
  folder: string,
  { onProgress }: DownloadOptions = {}
): Promise<string> {
  const path = join(folder, file.name)
  if (existsSync(path) && (await isIntact(path, file.hash))) return path
  await makeFolder(folder)
  const part = `${path}.part`
  const told = await fill(part, file, onProgress)
  const hash = file.hash ?? told
  if (hash && !(await isIntact(part, hash))) {
    await discard(part)
    throw new ErratumError(
      'cannot-download',
      `${file.name} from ${hostOf(file.url)} is not the file that it should be: its ` +
        `${nameOf(hash)} is another one. It was deleted; run the command again.`
    )
  }
  await writableOrExplain(path, () => rename(part, path))
  await discard(part)
  return path
}

/** How large a file is, if the server tells without sending it; throws `cannot-download`. */
export async function sizeOf({ url }: RemoteFile): Promise<number | undefined> {
  const response = await request(url, { method: 'HEAD' })
  // An answer that nobody reads keeps its connection, and with it the process.
  response.destroy()
  return numberOf(response.headers['content-length'])
}

/** A JSON document; throws `cannot-download`. */
export async function downloadJson(url: string): Promise<unknown> {
  const response = await request(url)
  const bytes = await buffer(response).catch((error: unknown) => {
    throw new ErratumError(
      'cannot-download',
      `${url} broke off. Check the network, then run the command again.`,
      { cause: error }
    )
  })
  try {
    // NuGet compresses whatever is asked for.
    const isPacked = response.headers['content-encoding'] === 'gzip'
    return JSON.parse((isPacked ? gunzipSync(bytes) : bytes).toString('utf8'))
  } catch (error) {
    throw new ErratumError(
      'cannot-download',
      `${url} is no JSON document. Something between here and there may have answered instead.`,
      { cause: error }
    )
  }
}

/** Whether a file has the hash; where there is none to check by, whether it is there. */
async function isIntact(path: string, hash: Hash | undefined): Promise<boolean> {
  if (!hash) return existsSync(path)
  const sum = createHash(hash.algorithm)
  await pipeline(createReadStream(path), sum)
  return sum.digest('hex') === hash.digest.toLowerCase()
}

/** Gets what is missing of NAME.part; returns the hash that the server tells with it, if any. */
async function fill(
  part: string,
  file: RemoteFile,
  onProgress: DownloadOptions['onProgress']
): Promise<Hash | undefined> {
  const start = await resumable(part, file)
  const headers = start.bytes > 0 ? rangeFrom(start) : {}
  const response = await request(file.url, { headers, mayBeWhole: start.bytes > 0 })
  if (response.statusCode === 416) {
    response.destroy()
    if (isAllOf(response, file, start)) return toldHash(response)
    await discard(part)
    return fill(part, file, onProgress)
  }
  const isPart = response.statusCode === 206 && start.bytes > 0
  const isRest = isPart && startOf(response) === start.bytes
  if (isPart && !isRest) {
    response.destroy()
    await discard(part)
    return fill(part, file, onProgress)
  }
  const done = isRest ? start.bytes : 0
  const length = numberOf(response.headers['content-length'])
  const total = length === undefined ? undefined : done + length
  try {
    // Were the version there first, a crash would leave the bytes of another one under it.
    if (!isRest) await discard(part)
    await keepVersion(part, response)
    await receive(response, { part, file, done, total, onProgress })
  } finally {
    // Where nothing can be written, nobody reads the rest.
    response.destroy()
  }
  return toldHash(response)
}

/**
 * Whether nothing follows what is here. What has the length of the file may yet be of another one:
 * its hash will tell, or the version must be the same.
 */
function isAllOf(response: IncomingMessage, { hash }: RemoteFile, start: Start): boolean {
  const all = Number(/\/(\d+)$/.exec(response.headers['content-range'] ?? '')?.[1])
  const isChecked = hash || toldHash(response) || versionTold(response) === start.version
  return all === start.bytes && !!isChecked
}

interface Start {
  bytes: number
  version: string | undefined
}

/** How much of the file is here already and can be gone on from: its version or its hash is known. */
async function resumable(part: string, { hash }: RemoteFile): Promise<Start> {
  const bytes = existsSync(part) ? (await stat(part)).size : 0
  const version = await readFile(versionOf(part), 'utf8').catch(() => undefined)
  return version || hash ? { bytes, version } : { bytes: 0, version }
}

/** If the file has changed since, `If-Range` has the server send all of it. */
const rangeFrom = ({ bytes, version }: Start) => ({
  range: `bytes=${bytes}-`,
  ...(version && { 'if-range': version })
})

const versionOf = (part: string) => `${part}.version`

function versionTold({ headers }: IncomingMessage): string | undefined {
  const { etag } = headers
  return etag && !etag.startsWith('W/') ? etag : headers['last-modified']
}

async function keepVersion(part: string, response: IncomingMessage): Promise<void> {
  const version = versionTold(response)
  await remove(versionOf(part))
  if (version) await writableOrExplain(part, () => writeFile(versionOf(part), version))
}

interface Receiving {
  part: string
  file: RemoteFile
  /** Bytes that are here. */
  done: number
  total: number | undefined
  onProgress: DownloadOptions['onProgress']
}

async function receive(response: IncomingMessage, receiving: Receiving): Promise<void> {
  const { part, file, total, onProgress } = receiving
  let { done } = receiving
  const handle = await writableOrExplain(part, () => open(part, done > 0 ? 'a' : 'w'))
  try {
    const chunks = response[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>
    for (;;) {
      const next = await chunks.next().catch((error: unknown) => {
        throw cutOff(file, { done, total }, error)
      })
      if (next.done) break
      await writableOrExplain(part, () => handle.writeFile(next.value))
      done += next.value.length
      onProgress?.(done, total)
    }
    await handle.sync()
  } finally {
    await handle.close()
  }
  if (total !== undefined && done < total) throw cutOff(file, { done, total })
}

function cutOff(
  { name, url }: RemoteFile,
  { done, total }: { done: number; total: number | undefined },
  cause?: unknown
): ErratumError {
  const all = total === undefined ? '' : ` of ${megabytes(total)}`
  return new ErratumError(
    'cannot-download',
    `${name} from ${hostOf(url)} broke off after ${megabytes(done)}${all}. ` +
      'Run the command again: it goes on from there.',
    { cause }
  )
}

/** Google's storage tells an MD5 in base64 with what it sends. */
function toldHash({ headers }: IncomingMessage): Hash | undefined {
  const [, md5] = /md5=([\w+/]+=*)/.exec(String(headers['x-goog-hash'] ?? '')) ?? []
  return md5 ? { algorithm: 'md5', digest: Buffer.from(md5, 'base64').toString('hex') } : undefined
}

function startOf({ headers }: IncomingMessage): number {
  return Number(/^bytes (\d+)-/.exec(headers['content-range'] ?? '')?.[1] ?? NaN)
}

async function discard(part: string): Promise<void> {
  await remove(part)
  await remove(versionOf(part))
}

const remove = (path: string) => writableOrExplain(path, () => rm(path, { force: true }))

/** A hash by its usual name. */
export const nameOf = ({ algorithm }: Hash) =>
  ({ sha256: 'SHA-256', sha512: 'SHA-512', md5: 'MD5' })[algorithm]

const numberOf = (text: string | undefined) => (text === undefined ? undefined : Number(text))
