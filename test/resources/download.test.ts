import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync
} from 'node:fs'
import http, { createServer } from 'node:http'
import https from 'node:https'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest'
import { download, downloadJson, sizeOf } from '../../resources/setup/download.ts'
import { nugetPackage } from '../../resources/setup/nuget.ts'
import { certificate } from './certificate.ts'
import type { Served } from './file-server.ts'
import { close, hashOf, portOf, serveFiles, someBytes } from './file-server.ts'
import { stubNoProxies } from './proxies.ts'

const server = await serveFiles()
const secure = await serveFiles(certificate)
https.globalAgent.options.ca = certificate.cert
afterAll(() => Promise.all([server.close(), secure.close()]))

const size = 1_000_000
const bytes = someBytes(size)
let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'erratum-download-'))
  for (const { files, asked } of [server, secure]) {
    files.clear()
    asked.length = 0
  }
  stubNoProxies()
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })
})

const remote = (path = 'large.zip') => ({ name: 'large.zip', url: `${server.base}${path}` })

/** No connection is held, which would hold the process. */
const nothingHeld = () => expect.poll(() => Object.keys(http.globalAgent.sockets)).toEqual([])

/** Serves the file so that it breaks off after so many bytes, and says what came of it. */
async function cutOff({ cutAfter, ...served }: Partial<Served> & { cutAfter: number }) {
  let cut: () => void = () => undefined
  const cutWhen = new Promise<void>((resolve) => (cut = resolve))
  server.files.set('large.zip', { bytes, ...served, cutAfter, cutWhen })
  const part = join(folder, 'large.zip.part')
  const begun = existsSync(part) ? statSync(part).size : 0
  const onProgress = (done: number) => {
    if (done - begun >= cutAfter) cut()
  }
  return download(remote(), folder, { onProgress }).catch((error: Error) => error.message)
}

test('a file gets its name once it is whole', async () => {
  server.files.set('large.zip', { bytes, tag: '"1"' })
  const progress: [number, number | undefined][] = []
  const onProgress = (done: number, total: number | undefined) => progress.push([done, total])
  const path = await download({ ...remote(), hash: hashOf(bytes) }, folder, { onProgress })
  expect(readFileSync(path).equals(bytes)).toBe(true)
  expect(readdirSync(folder)).toEqual(['large.zip'])
  expect(progress.at(-1)).toEqual([size, size])
})

test('a file that is here is not asked for again', async () => {
  server.files.set('large.zip', { bytes })
  const file = { ...remote(), hash: hashOf(bytes) }
  await download(file, folder)
  await download(file, folder)
  expect(server.asked).toEqual(['GET large.zip'])
})

test('what broke off goes on from there', async () => {
  expect(await cutOff({ tag: '"1"', cutAfter: 400_000 })).toBe(
    `large.zip from ${new URL(server.base).host} broke off after 0.40 MB of 1.0 MB. ` +
      'Run the command again: it goes on from there.'
  )
  expect(existsSync(join(folder, 'large.zip'))).toBe(false)
  expect(readFileSync(join(folder, 'large.zip.part')).equals(bytes.subarray(0, 400_000))).toBe(true)
  // It may break off again.
  await cutOff({ tag: '"1"', cutAfter: 100_000 })
  server.files.set('large.zip', { bytes, tag: '"1"' })
  const path = await download({ ...remote(), hash: hashOf(bytes) }, folder)
  expect(readFileSync(path).equals(bytes)).toBe(true)
  expect(readdirSync(folder)).toEqual(['large.zip'])
  expect(server.asked).toEqual([
    'GET large.zip',
    'GET large.zip bytes=400000-',
    'GET large.zip bytes=500000-'
  ])
})

test('a server that keeps no connections may break off as well', async () => {
  const headers = { connection: 'close' }
  expect(await cutOff({ tag: '"1"', headers, cutAfter: 400_000 })).toContain('broke off after')
  server.files.set('large.zip', { bytes, tag: '"1"', headers })
  expect(readFileSync(await download(remote(), folder)).equals(bytes)).toBe(true)
})

test('a file that has changed since is taken from its beginning', async () => {
  await cutOff({ tag: '"1"', cutAfter: 400_000 })
  const newer = someBytes(size, 2)
  server.files.set('large.zip', { bytes: newer, tag: '"2"' })
  expect(readFileSync(await download(remote(), folder)).equals(newer)).toBe(true)
})

test('the bytes of another version are gone before the version is kept', async () => {
  writeFileSync(join(folder, 'large.zip.part'), bytes.subarray(0, 400_000))
  // A folder in the place of the version ends it there, as a crash might.
  mkdirSync(join(folder, 'large.zip.part.version'))
  const newer = someBytes(size, 2)
  server.files.set('large.zip', { bytes: newer, tag: '"2"', ranges: false })
  await expect(download({ ...remote(), hash: hashOf(newer) }, folder)).rejects.toThrow('version')
  expect(existsSync(join(folder, 'large.zip.part'))).toBe(false)
  await nothingHeld()
})

test('a server without ranges sends it from its beginning', async () => {
  await cutOff({ tag: '"1"', cutAfter: 400_000 })
  server.files.set('large.zip', { bytes, ranges: false })
  expect(readFileSync(await download(remote(), folder)).equals(bytes)).toBe(true)
})

test('without a version and a hash nothing tells that the rest belongs to it', async () => {
  await cutOff({ cutAfter: 400_000 })
  server.files.set('large.zip', { bytes })
  expect(readFileSync(await download(remote(), folder)).equals(bytes)).toBe(true)
  expect(server.asked).toEqual(['GET large.zip', 'GET large.zip'])
})

test('a part that lacks nothing but its name is not sent again', async () => {
  writeFileSync(join(folder, 'large.zip.part'), bytes)
  server.files.set('large.zip', { bytes })
  const path = await download({ ...remote(), hash: hashOf(bytes) }, folder)
  expect(readFileSync(path).equals(bytes)).toBe(true)
  expect(server.asked).toEqual([`GET large.zip bytes=${size}-`])
})

test('a part of the right length without a hash is of the same version, or taken again', async () => {
  const part = join(folder, 'large.zip.part')
  const resume = async (version: string, served: Partial<Served> = {}) => {
    writeFileSync(part, someBytes(size, 2))
    writeFileSync(`${part}.version`, version)
    server.files.set('large.zip', { bytes, tag: '"1"', heedsVersions: false, ...served })
    return readFileSync(await download(remote(), folder))
  }
  expect((await resume('"0"')).equals(bytes)).toBe(true)
  rmSync(join(folder, 'large.zip'))
  expect((await resume('"0"', { tag: undefined })).equals(bytes)).toBe(true)
  expect(server.asked).toEqual([
    ...[`GET large.zip bytes=${size}-`, 'GET large.zip'],
    ...[`GET large.zip bytes=${size}-`, 'GET large.zip']
  ])
  rmSync(join(folder, 'large.zip'))
  server.asked.length = 0
  expect((await resume('"1"')).equals(someBytes(size, 2))).toBe(true)
  expect(server.asked).toEqual([`GET large.zip bytes=${size}-`])
})

test.each(['', 'bytes */*'])('a 416 that tells no length, by %j, is no answer', async (told) => {
  writeFileSync(join(folder, 'large.zip.part'), bytes)
  server.files.set('large.zip', { bytes, contentRange: told })
  const path = await download({ ...remote(), hash: hashOf(bytes) }, folder)
  expect(readFileSync(path).equals(bytes)).toBe(true)
  expect(server.asked).toEqual([`GET large.zip bytes=${size}-`, 'GET large.zip'])
})

test.each(['bytes 399999-999999/1000000', 'bytes 0-999999/1000000', ''])(
  'a rest that begins elsewhere, by %j, is not appended',
  async (told) => {
    await cutOff({ tag: '"1"', cutAfter: 400_000 })
    server.files.set('large.zip', { bytes, tag: '"1"', contentRange: told })
    expect(readFileSync(await download(remote(), folder)).equals(bytes)).toBe(true)
    expect(server.asked.slice(1)).toEqual(['GET large.zip bytes=400000-', 'GET large.zip'])
  }
)

test('a part that is longer than the file is taken again', async () => {
  writeFileSync(join(folder, 'large.zip.part'), someBytes(size + 5))
  server.files.set('large.zip', { bytes })
  const path = await download({ ...remote(), hash: hashOf(bytes) }, folder)
  expect(readFileSync(path).equals(bytes)).toBe(true)
})

test('a file with another hash is refused and deleted', async () => {
  server.files.set('large.zip', { bytes, tag: '"1"' })
  const file = { ...remote(), hash: hashOf(someBytes(size, 2)) }
  await expect(download(file, folder)).rejects.toMatchObject({
    code: 'cannot-download',
    message:
      `large.zip from ${new URL(server.base).host} is not the file that it should be: its ` +
      'SHA-256 is another one. It was deleted; run the command again.'
  })
  expect(readdirSync(folder)).toEqual([])
})

test('an MD5 that the server sends along is heeded', async () => {
  const headers = { 'x-goog-hash': 'crc32c=AAAAAA==,md5=AAAAAAAAAAAAAAAAAAAAAA==' }
  server.files.set('large.zip', { bytes, headers })
  await expect(download(remote(), folder)).rejects.toThrow('its MD5 is another one')
  expect(readdirSync(folder)).toEqual([])
})

test('a damaged file with the name is replaced', async () => {
  writeFileSync(join(folder, 'large.zip'), bytes.subarray(1))
  server.files.set('large.zip', { bytes })
  const path = await download({ ...remote(), hash: hashOf(bytes) }, folder)
  expect(readFileSync(path).equals(bytes)).toBe(true)
})

test('a file that is not there is said to be so', async () => {
  await expect(download(remote('gone.zip'), folder)).rejects.toThrow(
    `${server.base}gone.zip was answered with 404 Not Found. ` +
      'It is not there any more, or never was for this version and system.'
  )
  expect(readdirSync(folder)).toEqual([])
})

test('what has moved is followed, but not for ever', async () => {
  server.files.set('large.zip', { bytes })
  server.files.set('moved.zip', { bytes: Buffer.alloc(0), movedTo: 'large.zip' })
  server.files.set('circle.zip', { bytes: Buffer.alloc(0), movedTo: 'circle.zip' })
  expect(readFileSync(await download(remote('moved.zip'), folder)).equals(bytes)).toBe(true)
  await expect(download({ ...remote('circle.zip'), name: 'circle.zip' }, folder)).rejects.toThrow(
    'circle.zip points from one address to the next without an end.'
  )
})

test('what begins on https is not followed to where anybody could change it', async () => {
  server.files.set('large.zip', { bytes })
  secure.files.set('large.zip', { bytes })
  for (const movedTo of [remote().url, `ftp://${new URL(secure.base).host}/large.zip`]) {
    secure.files.set('fallen.zip', { bytes: Buffer.alloc(0), movedTo })
    const fallen = { name: 'large.zip', url: `${secure.base}fallen.zip` }
    await expect(download(fallen, folder)).rejects.toMatchObject({
      code: 'cannot-download',
      message:
        `${fallen.url} points to ${movedTo}, which is not on https: whoever is on the way could ` +
        'send something else. Try another network, or, if you have named a mirror, one that stays ' +
        'on https.'
    })
  }
  expect(server.asked).toEqual([])
  expect(readdirSync(folder)).toEqual([])
  // To https it may go from there, and from http.
  secure.files.set('moved.zip', { bytes: Buffer.alloc(0), movedTo: 'large.zip' })
  server.files.set('risen.zip', { bytes: Buffer.alloc(0), movedTo: `${secure.base}large.zip` })
  for (const url of [`${secure.base}moved.zip`, `${server.base}risen.zip`]) {
    const path = await download({ name: new URL(url).pathname.slice(1), url }, folder)
    expect(readFileSync(path).equals(bytes)).toBe(true)
  }
})

test('an address that a NuGet feed on https names is on https', async () => {
  const registration = { '@id': server.base, '@type': 'RegistrationsBaseUrl/3.6.0' }
  secure.files.set('index.json', {
    bytes: Buffer.from(JSON.stringify({ resources: [registration] }))
  })
  const found = nugetPackage(`${secure.base}index.json`, { name: 'some', version: '1.0.0' })
  await expect(found).rejects.toThrow(`points to ${server.base}, which is not on https`)
  expect(server.asked).toEqual([])
})

test('a compressed document is read', async () => {
  const headers = { 'content-encoding': 'gzip' }
  server.files.set('index.json', { bytes: gzipSync('{"answer": 42}'), headers })
  expect(await downloadJson(`${server.base}index.json`)).toEqual({ answer: 42 })
})

test('a server that cannot be reached is named, with what to check', async () => {
  const closed = createServer()
  await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve))
  const port = portOf(closed)
  await close(closed)
  const url = `http://127.0.0.1:${port}/large.zip`
  await expect(download({ name: 'large.zip', url }, folder)).rejects.toThrow(
    `127.0.0.1:${port} cannot be reached (ECONNREFUSED). Check the network, and HTTPS_PROXY if ` +
      'there is a proxy; then run the command again.'
  )
})

test('a folder that cannot be made says why', async () => {
  server.files.set('large.zip', { bytes })
  writeFileSync(join(folder, 'file'), '')
  await expect(download(remote(), join(folder, 'file'))).rejects.toMatchObject({
    code: 'cannot-write'
  })
})

test('a folder in the place of the file says why', async () => {
  server.files.set('large.zip', { bytes })
  const onProgress = () => mkdirSync(join(folder, 'large.zip'), { recursive: true })
  await expect(download(remote(), folder, { onProgress })).rejects.toMatchObject({
    code: 'cannot-write',
    message: expect.stringMatching(/large\.zip could not be written: .* a folder/) as string
  })
})

test.skipIf(process.platform === 'win32')('what may not be deleted says why', async () => {
  writeFileSync(join(folder, 'large.zip.part'), someBytes(size + 5))
  server.files.set('large.zip', { bytes })
  chmodSync(folder, 0o555)
  const isRoot = process.getuid!() === 0
  // Whoever may do everything is nobody for a while.
  if (isRoot) process.seteuid!(65534)
  try {
    await expect(download({ ...remote(), hash: hashOf(bytes) }, folder)).rejects.toMatchObject({
      code: 'cannot-write',
      message: expect.stringMatching(/large\.zip\.part could not be written: .* right/) as string
    })
  } finally {
    if (isRoot) process.seteuid!(0)
    chmodSync(folder, 0o755)
  }
})

test('a size is told without the file', async () => {
  server.files.set('large.zip', { bytes })
  expect(await sizeOf(remote())).toBe(size)
  expect(server.asked).toEqual(['HEAD large.zip'])
  await nothingHeld()
})

test('what is no JSON is refused', async () => {
  server.files.set('index.json', { bytes: Buffer.from('<html>Log in</html>') })
  await expect(downloadJson(`${server.base}index.json`)).rejects.toThrow('is no JSON document')
})

test('a document that breaks off is not taken for another one', async () => {
  const document = Buffer.from(JSON.stringify({ answers: [...someBytes(1000)] }))
  const cutWhen = Promise.resolve()
  server.files.set('index.json', { bytes: document, cutAfter: 500, cutWhen })
  await expect(downloadJson(`${server.base}index.json`)).rejects.toMatchObject({
    code: 'cannot-download',
    message: `${server.base}index.json broke off. Check the network, then run the command again.`
  })
})

test('a proxy that does not answer is not waited for without an end', async () => {
  const told: string[] = []
  const proxy = createServer().on('connect', (_, socket) => {
    told.push('asked')
    socket.on('close', () => told.push('left')).on('error', () => undefined)
    // It is open until both sides have ended it.
    socket.on('end', () => socket.end()).resume()
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  vi.stubEnv('HTTP_PROXY', `http://127.0.0.1:${portOf(proxy)}`)
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    const failed = download(remote(), folder).catch((error: Error) => error.message)
    while (told.length === 0) await new Promise(setImmediate)
    vi.advanceTimersByTime(60_000)
    expect(await failed).toContain(
      `${new URL(server.base).host} cannot be reached (silent for 60 s).`
    )
  } finally {
    vi.useRealTimers()
  }
  // Nor is it held, which would hold the process.
  await expect.poll(() => told).toEqual(['asked', 'left'])
  await close(proxy)
})

test('the proxy that the environment names is used', async () => {
  server.files.set('large.zip', { bytes })
  const through: string[] = []
  const proxy = createServer().on('connect', (request, socket) => {
    through.push(request.url!)
    const onward = connect(Number(request.url!.split(':')[1]), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      onward.pipe(socket).pipe(onward)
    })
    onward.on('error', () => socket.destroy())
    socket.on('error', () => onward.destroy())
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  vi.stubEnv('HTTP_PROXY', `http://127.0.0.1:${portOf(proxy)}`)
  expect(readFileSync(await download(remote(), folder)).equals(bytes)).toBe(true)
  expect(through).toEqual([new URL(server.base).host])
  await close(proxy)
})

test.each(['http_proxy', 'HTTP_PROXY', 'ALL_PROXY'])(
  '%s that is no address is named',
  async (name) => {
    server.files.set('large.zip', { bytes })
    for (const proxy of ['http://user:secret@proxy:port', 'socks5://127.0.0.1:1080']) {
      vi.stubEnv(name, proxy)
      await expect(download(remote(), folder)).rejects.toMatchObject({
        code: 'bad-argument',
        message:
          `${name} is no address of a proxy on http or https, such as http://127.0.0.1:3128. ` +
          'Correct it or unset it, then run the command again.'
      })
    }
    expect(server.asked).toEqual([])
  }
)
