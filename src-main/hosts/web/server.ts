/** The web host: the page and its files by HTTP, its calls by WebSocket, on loopback only. */
import { randomBytes, randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, rm, stat } from 'node:fs/promises'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { basename, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import sirv from 'sirv'
import { WebSocketServer } from 'ws'
import { toEnvelope } from '../../errors.ts'
import type { Core } from '../core-thread.ts'
import { pageHeaders } from '../page-policy.ts'
import type { Guard } from './guard.ts'
import { addressOf, guardFor } from './guard.ts'
import { uploadName } from './upload-name.ts'

export interface WebHostOptions {
  core: Core
  /** The folder of the built page. */
  page: string
  /** Where uploaded files go. */
  uploads: string
  /** 0: any that is free. */
  port: number
}

export interface WebHost {
  /** The address to open, with its token. */
  readonly url: string
  readonly port: number
  close(): Promise<void>
}

/** Starts to serve; rejects when the port is taken. */
export async function startWebHost(options: WebHostOptions): Promise<WebHost> {
  const token = randomBytes(24).toString('base64url')
  const server = createServer()
  await listen(server, options.port)
  const { port } = server.address() as AddressInfo
  const guard = guardFor(port, token)
  const page = sirv(options.page, { etag: true })
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    void answer({ ...options, guard, page }, request, response).catch((error: unknown) => {
      if (!response.headersSent) sendError(response, 500, toEnvelope(error).message)
      else response.destroy()
    })
  })
  const sockets = carryCalls(server, guard, options.core)
  return {
    url: `http://127.0.0.1:${port}/?token=${token}`,
    port,
    async close() {
      for (const socket of sockets.clients) socket.terminate()
      await new Promise((resolve) => {
        server.close(resolve)
        server.closeAllConnections()
      })
    }
  }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject)
      resolve()
    })
  })
}

interface Answering extends Omit<WebHostOptions, 'page'> {
  guard: Guard
  page: ReturnType<typeof sirv>
}

async function answer(
  { guard, page, core, uploads }: Answering,
  request: IncomingMessage,
  response: ServerResponse
): Promise<void> {
  const { method = 'GET', url = '/', headers } = request
  for (const [name, value] of Object.entries(pageHeaders)) response.setHeader(name, value)
  const refusal = guard.refusal({ headers, url })
  if (refusal !== undefined) return sendError(response, 403, refusal)
  const { pathname, searchParams } = addressOf(url)!
  if (method === 'GET' && guard.isPrintedAddress({ headers, url })) {
    // The token leaves the address bar, and so the history and what is copied from it.
    response.writeHead(303, { 'Set-Cookie': guard.cookie, Location: '/' }).end()
  } else if (method === 'PUT' && pathname === '/upload') {
    await receiveFile(core, uploads, { name: searchParams.get('name') ?? '', request, response })
  } else if (method === 'GET' && pathname.startsWith('/download/')) {
    await sendFile(core, pathname.slice('/download/'.length), response)
  } else if (method === 'GET' || method === 'HEAD') {
    page(request, response, () => sendError(response, 404, 'There is no such page.'))
  } else sendError(response, 405, 'This is not how it is asked for.')
}

/** Takes a dropped file in, whole or not at all. */
async function receiveFile(
  core: Core,
  uploads: string,
  { name, request, response }: { name: string; request: IncomingMessage; response: ServerResponse }
): Promise<void> {
  const safe = uploadName(name)
  if (safe === undefined) {
    return sendError(response, 400, 'The file has no name. Give it one and try again.')
  }
  const folder = join(uploads, randomUUID())
  await mkdir(folder, { recursive: true })
  try {
    await pipeline(request, createWriteStream(join(folder, safe), { flags: 'wx' }))
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  }
  const picked = await core.issue(join(folder, safe))
  response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(picked))
}

async function sendFile(core: Core, token: string, response: ServerResponse): Promise<void> {
  const path = await core.path(token).catch(() => undefined)
  const stats = path === undefined ? undefined : await stat(path).catch(() => undefined)
  if (path === undefined || !stats?.isFile()) {
    return sendError(response, 404, 'This file is no longer known. Export it again.')
  }
  response.writeHead(200, {
    'Content-Type': 'application/octet-stream',
    'Content-Length': stats.size,
    'Content-Disposition': `attachment; filename*=UTF-8''${encodeURIComponent(basename(path))}`
  })
  await pipeline(createReadStream(path), response)
}

function sendError(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(`${message}\n`)
}

/** Carries the calls of each window between its WebSocket and the core. */
function carryCalls(server: Server, guard: Guard, core: Core): WebSocketServer {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 16 * 1024 * 1024 })
  server.on('upgrade', (request, socket, head) => {
    // Whoever is gone before the answer is no failure of the server.
    socket.on('error', () => socket.destroy())
    const { headers, url = '/' } = request
    const isOurs = addressOf(url)?.pathname === '/calls'
    // A page always tells its origin when it opens a WebSocket.
    const refused = guard.refusal({ headers, url }) ?? (headers.origin ? undefined : 'No origin.')
    if (!isOurs || refused !== undefined) {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n')
      return
    }
    sockets.handleUpgrade(request, socket, head, (client) => {
      const connection = core.connect({
        receive: (data) => client.send(data),
        closed: () => client.close()
      })
      client.on('message', (data: Buffer) => connection.send(data.toString('utf8')))
      client.on('close', () => connection.close())
      client.on('error', () => client.terminate())
    })
  })
  return sockets
}
