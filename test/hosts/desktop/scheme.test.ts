import { mkdirSync, mkdtempSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pageHandler, pageOrigin, pathIn } from '../../../src-main/hosts/desktop/scheme.ts'
import { pageHeaders } from '../../../src-main/hosts/page-policy.ts'

const around = realpathSync(mkdtempSync(join(tmpdir(), 'erratum-scheme-')))
const folder = join(around, 'renderer')
const handle = pageHandler(folder)
/** Electron hands the address over as Chromium has it: a Request would tidy it first. */
const get = (url: string, method = 'GET') => handle({ url, method } as Request)

const files = {
  'index.html': 'text/html; charset=utf-8',
  'assets/index-0a.js': 'text/javascript; charset=utf-8',
  'assets/index-0a.css': 'text/css; charset=utf-8',
  'icon.svg': 'image/svg+xml',
  'icon.png': 'image/png',
  'assets/text.woff2': 'font/woff2',
  'assets/with space ü.js': 'text/javascript; charset=utf-8'
}

beforeAll(() => {
  mkdirSync(join(folder, 'assets'), { recursive: true })
  mkdirSync(join(folder, 'folder.js'))
  mkdirSync(join(around, 'renderer-other'))
  for (const name of Object.keys(files)) writeFileSync(join(folder, name), `This is ${name}.`)
  writeFileSync(join(folder, 'notes.txt'), 'No part of the page.')
  for (const name of ['secret.js', 'index.html', 'renderer-other/secret.js']) {
    writeFileSync(join(around, name), 'SECRET')
  }
  symlinkSync(join(around, 'secret.js'), join(folder, 'linked.js'))
  symlinkSync(around, join(folder, 'up'))
  symlinkSync('gone.js', join(folder, 'dangling.js'))
  symlinkSync('icon.svg', join(folder, 'inner.svg'))
})
afterAll(() => rm(around, { recursive: true }))

describe('the page’s scheme', () => {
  it.each(Object.entries(files))('gives %s as %s, with every header', async (name, type) => {
    const response = await get(`${pageOrigin}/${name}`)
    expect(response.status).toBe(200)
    expect(await response.text()).toBe(`This is ${name}.`)
    expect(response.headers.get('Content-Type')).toBe(type)
    for (const [header, value] of Object.entries(pageHeaders)) {
      expect(response.headers.get(header), header).toBe(value)
    }
  })

  it('gives the page itself at its root, whatever follows the address', async () => {
    for (const end of ['', '/', '/?a=../b', '/#/new', '/index.html?v=1#x']) {
      const response = await get(`${pageOrigin}${end}`)
      // Without a slash Chromium adds it; an address that it did not make is refused.
      expect(response.status, end).toBe(end === '' ? 404 : 200)
    }
  })

  it('follows a link within the folder', async () => {
    expect(await (await get(`${pageOrigin}/inner.svg`)).text()).toBe('This is icon.svg.')
  })

  it.each([
    'app://bundle/../secret.js',
    'app://bundle/assets/../../secret.js',
    'app://bundle/%2e%2e/secret.js',
    'app://bundle/%2e%2e%2fsecret.js',
    'app://bundle/%2E%2E%2Fsecret.js',
    'app://bundle/assets/..%2f..%2fsecret.js',
    'app://bundle/%252e%252e%252fsecret.js',
    'app://bundle/..%255csecret.js',
    'app://bundle/..\\secret.js',
    'app://bundle/..%5csecret.js',
    'app://bundle/secret.js%00.html',
    'app://bundle/index.html%00',
    'app://bundle/..%2frenderer-other%2fsecret.js',
    'app://bundle/%2e%2e%2findex.html',
    `app://bundle/${encodeURIComponent(`${around}/secret.js`)}`,
    `app://bundle//${around}/secret.js`,
    'app://bundle/linked.js',
    'app://bundle/up/secret.js',
    'app://bundle/up/index.html',
    'app://bundle/dangling.js',
    'app://bundle/folder.js',
    'app://bundle/assets',
    'app://bundle/assets/',
    'app://bundle/gone.js',
    'app://bundle/notes.txt',
    'app://bundle/%',
    'app://bundle/%ff%fe.js',
    'app://bundle.evil/index.html',
    'app://bundle@evil/index.html',
    'app://evil/index.html',
    'app:///index.html',
    'app:index.html',
    'file:///etc/passwd',
    'http://bundle/index.html',
    '//bundle/index.html',
    'no address',
    ''
  ])('gives nothing at "%s", with every header', async (url) => {
    const response = await get(url)
    expect(response.status).toBe(404)
    expect(await response.text()).toBe('')
    for (const [header, value] of Object.entries(pageHeaders)) {
      expect(response.headers.get(header), header).toBe(value)
    }
  })

  it.each(['POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'get', ''])(
    'answers no %s, with every header',
    async (method) => {
      const response = await get(`${pageOrigin}/index.html`, method)
      expect(response.status).toBe(405)
      expect(response.headers.get('Content-Security-Policy')).toBe(
        pageHeaders['Content-Security-Policy']
      )
    }
  )
})

describe('a path', () => {
  it('stays in the folder by itself, before any file is looked at', () => {
    expect(pathIn(folder, 'app://bundle/%2e%2e%2fsecret.js')).toBeUndefined()
    expect(pathIn(folder, 'app://bundle/..%2frenderer-other%2fsecret.js')).toBeUndefined()
    expect(pathIn(folder, 'app://bundle/%2e%2e%2frenderer')).toBeUndefined()
    for (const name of ['index.html%00', '..%5csecret.js', 'assets%5cindex-0a.js']) {
      expect(pathIn(folder, `app://bundle/${name}`), name).toBeUndefined()
    }
    expect(pathIn(folder, 'app://bundle/assets%2f..%2ficon.svg')).toBe(join(folder, 'icon.svg'))
  })
})
