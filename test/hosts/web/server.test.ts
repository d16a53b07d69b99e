/** The web host over real sockets; behind it a core that only notes what reaches it. */
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import type { IncomingHttpHeaders } from 'node:http'
import { request } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { ErratumError } from '../../../src-main/errors.ts'
import type { Core } from '../../../src-main/hosts/core-thread.ts'
import { pageHeaders } from '../../../src-main/hosts/page-policy.ts'
import type { WebHost } from '../../../src-main/hosts/web/server.ts'
import { startWebHost } from '../../../src-main/hosts/web/server.ts'

const folder = mkdtempSync(join(tmpdir(), 'erratum-web-'))
const uploads = join(folder, 'uploads')
const exported = join(folder, 'curated ü.csv')
const issued: string[] = []
const heard: string[] = []
let closed = 0

const core: Core = {
  connect(window) {
    return {
      send(data) {
        heard.push(data)
        window.receive(`You said ${data}.`)
      },
      close: () => void closed++
    }
  },
  issue(path) {
    issued.push(path)
    return Promise.resolve({ token: 'issued', name: basename(path), bytes: 1 })
  },
  path(token) {
    if (token === 'known') return Promise.resolve(exported)
    if (token === 'folder') return Promise.resolve(folder)
    if (token === 'gone') return Promise.resolve(join(folder, 'gone.csv'))
    return Promise.reject(new ErratumError('bad-argument', 'This file is no longer known.'))
  },
  failure: new Promise(() => undefined),
  stop: () => Promise.resolve()
}

let host: WebHost
let port: number
let token: string
let cookie: string

interface Answer {
  status: number
  headers: IncomingHttpHeaders
  body: string
}

interface Asked {
  method?: string
  headers?: Record<string, string>
  body?: string
}

/** Asks as anything on this machine could: any method, path and header. */
function ask(path: string, { method = 'GET', headers = {}, body }: Asked = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asking = request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
      response.on('end', () =>
        resolve({ status: response.statusCode!, headers: response.headers, body: text })
      )
    })
    asking.on('error', reject)
    asking.end(body)
  })
}

/** Sends bytes as they are; gives what comes back until the other side ends. */
function sendRaw(bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes))
    let text = ''
    socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
    socket.on('end', () => resolve(text)).on('error', reject)
  })
}

beforeAll(async () => {
  const page = join(folder, 'page')
  mkdirSync(join(page, 'assets'), { recursive: true })
  writeFileSync(join(page, 'index.html'), '<title>Erratum</title>')
  writeFileSync(join(page, 'assets', 'index.js'), 'void 0')
  writeFileSync(join(folder, 'secret.txt'), 'SECRET')
  writeFileSync(exported, 'text,label\n')
  host = await startWebHost({ core, page, uploads, port: 0 })
  const url = new URL(host.url)
  port = Number(url.port)
  token = url.searchParams.get('token')!
  cookie = `erratum-${port}=${token}`
})
afterAll(async () => {
  await host.close()
  await rm(folder, { recursive: true })
})
beforeEach(() => {
  issued.length = 0
  heard.length = 0
  closed = 0
})

describe('the web host', () => {
  it('is on loopback, under a token that cannot be guessed', () => {
    expect(host.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{32}$/)
  })

  it('turns the printed address into a cookie, and the token leaves the address', async () => {
    for (const path of ['/', '/assets/index.js', '/.//evil.example/', '/\\evil.example/']) {
      const { status, headers, body } = await ask(`${path}?token=${token}`)
      expect(status).toBe(303)
      expect(headers.location).toBe('/')
      expect(headers['set-cookie']).toEqual([`${cookie}; Path=/; HttpOnly; SameSite=Strict`])
      expect(body).toBe('')
    }
  })

  it('gives the page and its files', async () => {
    const page = await ask('/', { headers: { cookie } })
    expect(page).toMatchObject({ status: 200, body: '<title>Erratum</title>' })
    const script = await ask('/assets/index.js', { headers: { cookie } })
    expect(script.headers['content-type']).toMatch(/^text\/javascript/)
    expect((await ask('/', { method: 'HEAD', headers: { cookie } })).status).toBe(200)
  })

  it.each([
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/%2e%2e%2fsecret.txt',
    '/..%5csecret.txt',
    '/%252e%252e%252fsecret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '//secret.txt',
    '/%00',
    '/%',
    '/gone'
  ])('gives nothing at %s', async (path) => {
    const { status, body } = await ask(path, { headers: { cookie } })
    expect([404, 400]).toContain(status)
    expect(body).not.toContain('SECRET')
  })

  it.each([
    ['GET', '/'],
    ['HEAD', '/'],
    ['GET', '/index.html'],
    ['GET', '/assets/index.js'],
    ['GET', '/gone'],
    ['GET', '/download/known'],
    ['PUT', '/upload?name=films.csv'],
    ['POST', '/'],
    ['DELETE', '/'],
    ['OPTIONS', '/upload'],
    ['GET', '/calls']
  ])(
    'refuses %s %s without the token, from elsewhere and as another host',
    async (method, path) => {
      const body = method === 'PUT' ? { body: 'text,label\n' } : {}
      for (const [headers, reason] of [
        [{}, /token is missing/],
        [{ cookie: `erratum-${port}=guess` }, /token is missing/],
        [{ cookie, origin: 'https://evil.example' }, /comes from a page of https:\/\/evil/],
        [{ cookie, origin: 'null' }, /comes from a page of null/],
        [{ cookie, host: `evil.example:${port}` }, /for the host evil.example/]
      ] as [Record<string, string>, RegExp][]) {
        const answer = await ask(path, { method, headers, ...body })
        expect(answer.status).toBe(403)
        if (method !== 'HEAD') expect(answer.body).toMatch(reason)
        expect(answer.headers['set-cookie']).toBeUndefined()
        for (const [name, value] of Object.entries(pageHeaders)) {
          expect(answer.headers[name.toLowerCase()], name).toBe(value)
        }
      }
      expect(issued).toEqual([])
    }
  )

  it('sets the page’s policy on every answer', async () => {
    const asked: [string, Asked, number][] = [
      ['/', {}, 200],
      ['/assets/index.js', {}, 200],
      [`/?token=${token}`, {}, 303],
      ['/gone', {}, 404],
      ['/download/known', {}, 200],
      ['/download/unknown', {}, 404],
      ['/', { method: 'POST' }, 405],
      ['/upload?name=', { method: 'PUT', body: 'x' }, 400],
      ['/upload?name=films.csv', { method: 'PUT', body: 'x' }, 200]
    ]
    for (const [path, options, status] of asked) {
      const answer = await ask(path, { ...options, headers: { cookie } })
      expect(answer.status, path).toBe(status)
      for (const [name, value] of Object.entries(pageHeaders)) {
        expect(answer.headers[name.toLowerCase()], `${path}: ${name}`).toBe(value)
      }
    }
  })

  it.each(['POST', 'PATCH', 'DELETE', 'OPTIONS', 'PUT'])('does not know %s', async (method) => {
    expect((await ask('/', { method, headers: { cookie } })).status).toBe(405)
    expect((await ask('/download/known', { method, headers: { cookie } })).status).toBe(405)
  })

  it('survives addresses that are none', async () => {
    const head = `Host: 127.0.0.1:${port}\r\nCookie: ${cookie}\r\n`
    const upgrade = 'Connection: Upgrade\r\nUpgrade: websocket\r\n'
    for (const target of ['//[', 'http://[/', '//', '//[::', '/calls', '*']) {
      for (const kind of ['Connection: close\r\n', upgrade]) {
        const answer = await sendRaw(`GET ${target} HTTP/1.1\r\n${head}${kind}\r\n`)
        expect(answer, `${target} ${kind}`).toMatch(/^HTTP\/1\.1 (403|404) /)
      }
    }
    expect((await ask('/', { headers: { cookie } })).status).toBe(200)
  })

  it('fails to start on a port that is taken', async () => {
    const options = { core, page: join(folder, 'page'), uploads, port }
    await expect(startWebHost(options)).rejects.toThrow(/EADDRINUSE/)
  })
})

describe('an upload', () => {
  const upload = (name: string, body = 'text,label\n') =>
    ask(`/upload?name=${encodeURIComponent(name)}`, { method: 'PUT', headers: { cookie }, body })

  it('is kept byte for byte under its name, in a folder of its own', async () => {
    const [first, second] = ['a\r\n\0ü', 'b']
    for (const body of [first, second]) {
      const answer = await upload('films.csv', body)
      expect(JSON.parse(answer.body)).toEqual({ token: 'issued', name: 'films.csv', bytes: 1 })
    }
    expect(issued.map((path) => readFileSync(path, 'utf8'))).toEqual([first, second])
    expect(new Set(issued).size).toBe(2)
  })

  it.each([
    '../../films.csv',
    '/etc/films.csv',
    '..\\..\\films.csv',
    'C:\\films.csv',
    '%2e%2e%2ffilms.csv',
    `${'x'.repeat(1000)}.csv`
  ])('stays in its folder, called %s', async (name) => {
    expect((await upload(name)).status).toBe(200)
    const [path] = issued
    const [inUploads, ...rest] = path!.slice(uploads.length + 1).split('/')
    expect(path!.startsWith(`${uploads}/`)).toBe(true)
    expect(inUploads).toMatch(/^[0-9a-f-]{36}$/)
    expect(rest).toHaveLength(1)
    expect(readFileSync(path!, 'utf8')).toBe('text,label\n')
  })

  it.each(['', '.', '..', '/', '\0', 'films/'])('needs a name, not %j', async (name) => {
    const answer = await upload(name)
    expect(answer).toMatchObject({ status: 400, body: expect.stringMatching(/has no name/) })
    expect(issued).toEqual([])
  })

  it('that breaks off leaves nothing', async () => {
    const before = readdirSync(uploads)
    const asking = request({
      ...{ host: '127.0.0.1', port, path: '/upload?name=films.csv', method: 'PUT' },
      headers: { cookie, 'Content-Length': 1000 }
    })
    asking.on('error', () => undefined).write('text,label\n')
    await expect.poll(() => readdirSync(uploads).length).toBe(before.length + 1)
    asking.destroy()
    await expect.poll(() => readdirSync(uploads)).toEqual(before)
    expect(issued).toEqual([])
  })
})

describe('a download', () => {
  const download = (name: string) => ask(`/download/${name}`, { headers: { cookie } })

  it('is the file of its token, under its name', async () => {
    const { status, headers, body } = await download('known')
    expect([status, body]).toEqual([200, 'text,label\n'])
    expect(headers['content-type']).toBe('application/octet-stream')
    expect(headers['content-disposition']).toBe("attachment; filename*=UTF-8''curated%20%C3%BC.csv")
  })

  it.each(['', 'unknown', 'folder', 'gone', 'known/', '../secret.txt', '%6bnown', 'constructor'])(
    'is not there for the token "%s"',
    async (name) => {
      const { status, body } = await download(name)
      expect(status).toBe(404)
      expect(body).not.toContain('SECRET')
    }
  )
})

describe('calls', () => {
  /** The page's line: what it is told, or the status that it is refused with. */
  function open(path: string, headers: Record<string, string>): Promise<WebSocket | number> {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers })
      socket.on('open', () => resolve(socket))
      socket.on('unexpected-response', (_, response) => {
        response.resume()
        resolve(response.statusCode!)
      })
      socket.on('error', reject)
    })
  }
  const origin = () => `http://127.0.0.1:${port}`

  it('are carried both ways, until the page is gone', async () => {
    const socket = (await open('/calls', { cookie, origin: origin() })) as WebSocket
    const told = new Promise((resolve) =>
      socket.once('message', (data: Buffer) => resolve(data.toString()))
    )
    socket.send('hello ü')
    expect(await told).toBe('You said hello ü.')
    expect(heard).toEqual(['hello ü'])
    socket.close()
    await expect.poll(() => closed).toBe(1)
  })

  it('are refused without the token, an origin, or to another host or path', async () => {
    const ours = { cookie, origin: origin() }
    for (const [path, headers] of [
      ['/calls', { origin: origin() }],
      ['/calls', { ...ours, cookie: `erratum-${port}=guess` }],
      ['/calls', { cookie }],
      ['/calls', { ...ours, origin: 'https://evil.example' }],
      ['/calls', { ...ours, origin: 'null' }],
      ['/calls', { ...ours, origin: 'http://127.0.0.1:1' }],
      ['/calls', { ...ours, host: `evil.example:${port}` }],
      [`/calls?token=${token}`, { cookie: '' }],
      ['/', ours],
      ['/calls/', ours],
      ['/Calls', ours],
      ['/upload', ours]
    ] as [string, Record<string, string>][]) {
      expect(await open(path, headers), `${path} ${JSON.stringify(headers)}`).toBe(403)
    }
    expect(heard).toEqual([])
  })

  it('that are refused to someone who is already gone break nothing', async () => {
    const key = createHash('md5').update('any').digest('base64')
    for (let attempt = 0; attempt < 20; attempt++) {
      await new Promise<void>((resolve) => {
        const socket = connect(port, '127.0.0.1', () => {
          socket.write(
            `GET /calls HTTP/1.1\r\nHost: evil\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
              `Sec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\n\r\n`
          )
          socket.resetAndDestroy()
        })
        socket.on('close', () => resolve()).on('error', () => undefined)
      })
    }
    expect((await ask('/', { headers: { cookie } })).status).toBe(200)
  })
})
