/** A server of files on loopback that can be made to do what servers do. */
import { createHash } from 'node:crypto'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { ServerOptions } from 'node:https'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'

export interface Served {
  bytes: Buffer
  /** Its version; a file without one is sent with no ETag. */
  tag?: string | undefined
  /** Whether ranges are heeded; yes unless given. */
  ranges?: boolean
  /** Whether a range is refused, as it must be, where it is asked for of another version; yes unless given. */
  heedsVersions?: boolean
  /** Told in place of the range that is sent; nothing if empty. */
  contentRange?: string
  /** The connection breaks after so many bytes of an answer, but not before the other side has them. */
  cutAfter?: number
  cutWhen?: Promise<void>
  /** Where else it is: another path, or a whole address. */
  movedTo?: string
  /** Sent along, such as `x-goog-hash`. */
  headers?: Record<string, string>
}

export interface FileServer {
  /** Where it is, with a final slash. */
  readonly base: string
  /** By path, without the leading slash. */
  readonly files: Map<string, Served>
  /** What was asked for, in order: `GET path`, with the range if there was one. */
  readonly asked: string[]
  close(): Promise<void>
}

/** Serves by http, or, with a certificate for 127.0.0.1, by https. */
export async function serveFiles(
  certificate?: Pick<ServerOptions, 'key' | 'cert'>
): Promise<FileServer> {
  const files = new Map<string, Served>()
  const asked: string[] = []
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    const path = request.url!.slice(1)
    const { range } = request.headers
    asked.push([request.method, path, ...(range ? [range] : [])].join(' '))
    const file = files.get(path)
    if (file?.movedTo) response.writeHead(302, { location: new URL(file.movedTo, base).href }).end()
    else if (file) answer(file, request, response)
    else response.writeHead(404).end('Not here.')
  }
  const server = certificate ? createSecureServer(certificate, listener) : createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const base = `http${certificate ? 's' : ''}://127.0.0.1:${portOf(server)}/`
  return { base, files, asked, close: () => close(server) }
}

function answer(file: Served, request: IncomingMessage, response: ServerResponse): void {
  const { bytes, tag, cutAfter, cutWhen, headers } = file
  const { ranges = true, heedsVersions = true } = file
  const asked = /^bytes=(\d+)-$/.exec(request.headers.range ?? '')
  const condition = request.headers['if-range']
  const isSame = condition === undefined || condition === tag || !heedsVersions
  const isRange = ranges && asked !== null && isSame
  const start = isRange ? Number(asked[1]) : 0
  response.setHeaders(new Map(Object.entries({ ...headers, ...(tag && { etag: tag }) })))
  const range = (sent: string) => {
    const told = file.contentRange ?? `bytes ${sent}/${bytes.length}`
    return told === '' ? {} : { 'content-range': told }
  }
  if (isRange && start >= bytes.length) {
    response.writeHead(416, range('*')).end()
    return
  }
  response.writeHead(isRange ? 206 : 200, {
    'content-length': bytes.length - start,
    ...(isRange && range(`${start}-${bytes.length - 1}`))
  })
  if (request.method === 'HEAD') response.end()
  else if (cutAfter === undefined) response.end(bytes.subarray(start))
  else {
    response.write(bytes.subarray(start, start + cutAfter))
    void cutWhen?.then(() => response.socket!.end())
  }
}

export const portOf = (server: Server) => (server.address() as AddressInfo).port

export async function close(server: Server): Promise<void> {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
}

/** Bytes that look like no others, nor like themselves from any other place on. */
export function someBytes(size: number, seed = 1): Buffer {
  return Buffer.from(Uint8Array.from({ length: size }, (_, i) => mixed(i + seed) >>> 24))
}

function mixed(number: number): number {
  const product = Math.imul(number, 2654435761)
  return Math.imul(product ^ (product >>> 15), 2246822519)
}

export function hashOf(bytes: Buffer, algorithm: 'sha256' | 'sha512' = 'sha256') {
  return { algorithm, digest: createHash(algorithm).update(bytes).digest('hex') } as const
}
