/** `npm run setup:gpu` on a checkout of its own, whose sources are on loopback. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import AdmZip from 'adm-zip'
import { create } from 'tar'
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { PartName } from '../../resources/setup/parts.ts'
import { partFor, publicSources } from '../../resources/setup/parts.ts'
import { describe, get, impossible } from '../../resources/setup/setup.ts'
import { root } from '../../src-main/installation.ts'
import { hashOf, serveFiles, someBytes } from './file-server.ts'
import { stubNoProxies, without } from './proxies.ts'

const server = await serveFiles()
afterAll(() => server.close())

let checkout: string
const at = (path: string) => join(checkout, path)
const surroundings = () => ({
  root: checkout,
  system: 'linux-x64',
  storage: `${server.base}storage`,
  electron: `${server.base}electron/`
})
const options = () => ({ downloads: at('downloads'), onProgress: () => undefined })
const part = (name: PartName) => partFor(name, surroundings())
const installed = (name: PartName) => get(part(name), options())

beforeEach(() => {
  checkout = mkdtempSync(join(tmpdir(), 'erratum-setup-'))
  server.files.clear()
  server.asked.length = 0
  const feeds = { nuget: { index: `${server.base}index.json` } }
  put('node_modules/onnxruntime-node/script/install-metadata.js', onnxruntimeMetadata(feeds))
  putJson('resources/tfjs/package.json', {
    dependencies: { '@tensorflow/tfjs-node-gpu': '4.22.0' }
  })
  putJson(`${tfjs}/package.json`, { version: '4.22.0' })
  put(npmList, '{}')
  put(`${tfjs}/scripts/deps-constants.js`, "const LIBTENSORFLOW_VERSION = '2.9.1';")
  putJson('node_modules/electron/package.json', { version: '45.4.1' })
  putJson('node_modules/electron/checksums.json', { [release]: hashOf(electronZip).digest })
  cpSync(join(root, 'node_modules/electron/install.js'), at('node_modules/electron/install.js'))
  for (const name of ['@electron', '@electron-internal']) {
    symlinkSync(join(root, 'node_modules', name), at(`node_modules/${name}`))
  }
  stubNoProxies()
  vi.stubEnv('electron_config_cache', at('electron-cache'))
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(checkout, { recursive: true })
})

function put(path: string, content: string | Buffer): void {
  mkdirSync(dirname(at(path)), { recursive: true })
  writeFileSync(at(path), content)
}

const putJson = (path: string, value: unknown) => put(path, JSON.stringify(value))
const serveJson = (path: string, value: unknown) =>
  server.files.set(path, { bytes: Buffer.from(JSON.stringify(value)) })

/** What onnxruntime-node's own metadata has, with feeds of our own. */
function onnxruntimeMetadata(feeds: object): string {
  const own = join(root, 'node_modules/onnxruntime-node/script/install-metadata.js')
  return `module.exports = { ...require(${JSON.stringify(own)}), feeds: ${JSON.stringify(feeds)} }`
}

const native = 'runtimes/linux-x64/native/'
const bin = 'node_modules/onnxruntime-node/bin/napi-v6/linux/x64/'
const nupkg = 'microsoft.ml.onnxruntime.gpu.linux.1.30.0.nupkg'

/** A feed that has the package, as NuGet lays it out. */
function serveNuget(entries: Record<string, Buffer>): void {
  const zip = new AdmZip()
  for (const [name, bytes] of Object.entries(entries)) zip.addFile(native + name, bytes)
  const bytes = zip.toBuffer()
  const { base, files } = server
  files.set(`packages/${nupkg}`, { bytes, tag: '"1"' })
  serveJson('index.json', {
    resources: [{ '@id': `${base}registration/`, '@type': 'RegistrationsBaseUrl/3.6.0' }]
  })
  serveJson('registration/microsoft.ml.onnxruntime.gpu.linux/1.30.0.json', {
    catalogEntry: `${base}entry.json`,
    packageContent: `${base}packages/${nupkg}`
  })
  serveJson('entry.json', {
    packageHash: createHash('sha512').update(bytes).digest('base64'),
    packageHashAlgorithm: 'SHA512'
  })
}

const providers = {
  'libonnxruntime_providers_shared.so': someBytes(1000, 1),
  'libonnxruntime_providers_cuda.so': someBytes(300_000, 2),
  'libonnxruntime_providers_tensorrt.so': someBytes(1000, 3)
}

test("onnxruntime's files for CUDA go beside its library", async () => {
  serveNuget(providers)
  expect(part('cuda').isHere()).toBe(false)
  await installed('cuda')
  expect(part('cuda').isHere()).toBe(true)
  expect(readdirSync(at(bin)).toSorted()).toEqual([
    'libonnxruntime_providers_cuda.so',
    'libonnxruntime_providers_shared.so'
  ])
  for (const name of readdirSync(at(bin))) {
    const expected = providers[name as keyof typeof providers]
    expect(readFileSync(at(bin + name)).equals(expected)).toBe(true)
  }
})

test('after npm ci the download of before serves again', async () => {
  serveNuget(providers)
  await installed('cuda')
  rmSync(at(bin), { recursive: true })
  server.asked.length = 0
  await installed('cuda')
  expect(part('cuda').isHere()).toBe(true)
  expect(server.asked.filter((line) => line.includes('nupkg'))).toEqual([])
})

test('of two commands at once one is refused, and the other is done', async () => {
  serveNuget(providers)
  const outcomes = await Promise.allSettled([installed('cuda'), installed('cuda')])
  expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
  expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({
    reason: {
      code: 'locked',
      message: expect.stringContaining(`${at('downloads')} is in use by process`) as string
    }
  })
  expect(part('cuda').isHere()).toBe(true)
  expect(readdirSync(at('downloads'))).toEqual([nupkg])
})

test('an archive that lacks a file puts none in place', async () => {
  serveNuget({ 'libonnxruntime_providers_shared.so': someBytes(10) })
  await expect(installed('cuda')).rejects.toThrow(
    `${at(`downloads/${nupkg}`)} is no archive of the expected kind: it has no ` +
      `${native}libonnxruntime_providers_cuda.so. Delete it and run the command again.`
  )
  expect(existsSync(at(bin))).toBe(false)
})

test('a package whose hash is not the published one is refused', async () => {
  serveNuget(providers)
  serveJson('entry.json', { packageHash: 'AAAA', packageHashAlgorithm: 'SHA512' })
  await expect(installed('cuda')).rejects.toThrow('its SHA-512 is another one')
  expect(existsSync(at(bin))).toBe(false)
})

test('a feed that answers otherwise than NuGet is named', async () => {
  serveNuget(providers)
  serveJson('index.json', { resources: [] })
  await expect(installed('cuda')).rejects.toThrow(
    `${server.base}index.json does not say what a NuGet feed says there.`
  )
})

const tfjs = 'resources/tfjs/node_modules/@tensorflow/tfjs-node-gpu'
/** npm's own list of what it has installed, which it writes last. */
const npmList = 'resources/tfjs/node_modules/.package-lock.json'
const library = 'storage/tensorflow/libtensorflow/libtensorflow-gpu-linux-x86_64-2.9.1.tar.gz'
const binding = 'storage/tf-builds/pre-built-binary/napi-v8/4.22.0/GPU-linux-4.22.0.tar.gz'

/** A .tar.gz with these files. */
async function tarOf(files: Record<string, Buffer>): Promise<Buffer> {
  const own = mkdtempSync(at('tar-'))
  for (const [path, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(own, path)), { recursive: true })
    writeFileSync(join(own, path), bytes)
  }
  await create({ file: at('made.tar.gz'), gzip: true, cwd: own }, Object.keys(files))
  return readFileSync(at('made.tar.gz'))
}

async function serveTensorflow(): Promise<void> {
  const files = { './lib/libtensorflow.so.2': someBytes(5000), './include/c_api.h': someBytes(10) }
  server.files.set(library, { bytes: await tarOf(files) })
  const addon = await tarOf({ 'napi-v8/tfjs_binding.node': someBytes(500) })
  server.files.set(binding, { bytes: addon })
}

test("TensorFlow's library and its binding go to where tfjs-node-gpu looks for them", async () => {
  await serveTensorflow()
  expect(part('tfjs').isHere()).toBe(false)
  await installed('tfjs')
  expect(part('tfjs').isHere()).toBe(true)
  const lies = (path: string) => readFileSync(at(`${tfjs}/${path}`))
  expect(lies('deps/lib/libtensorflow.so.2').equals(someBytes(5000))).toBe(true)
  expect(lies('lib/napi-v8/tfjs_binding.node').equals(someBytes(500))).toBe(true)
})

/** Another npm, which does what the lines say in the folder that it is run in. */
function stubNpm(...lines: string[]): void {
  put('bin/npm', ['#!/bin/sh', ...lines].join('\n'))
  chmodSync(at('bin/npm'), 0o755)
  vi.stubEnv('PATH', `${at('bin')}:${process.env['PATH']}`)
}

test('what a killed npm has left is installed anew', async () => {
  await serveTensorflow()
  await installed('tfjs')
  rmSync(at(npmList))
  expect(part('tfjs').isHere()).toBe(false)
  stubNpm('echo "$@" > given', 'echo {} > node_modules/.package-lock.json')
  await installed('tfjs')
  expect(part('tfjs').isHere()).toBe(true)
  expect(readFileSync(at('resources/tfjs/given'), 'utf8')).toMatch(/^ci --ignore-scripts /)
})

test('a part that is not whole in the end is not said to be there', async () => {
  await serveTensorflow()
  rmSync(at(npmList))
  stubNpm('exit 0')
  await expect(installed('tfjs')).rejects.toMatchObject({
    code: 'cannot-download',
    message:
      '@tensorflow/tfjs-node-gpu 4.22.0 for CUDA 11 with cuDNN 8 is still not whole in ' +
      `${at('resources/tfjs')}, although nothing failed. Run npm ci, then the command again; ` +
      'if that does not help, update Erratum.'
  })
})

test('a damaged archive leaves nothing where it would go', async () => {
  await serveTensorflow()
  const { bytes } = server.files.get(library)!
  server.files.set(library, { bytes: bytes.subarray(0, bytes.length / 2) })
  await expect(installed('tfjs')).rejects.toThrow('is no archive of the expected kind')
  server.files.set(library, { bytes: Buffer.from('<html>Not found</html>') })
  rmSync(at('downloads'), { recursive: true })
  await expect(installed('tfjs')).rejects.toThrow('is no archive of the expected kind')
  expect(readdirSync(at(tfjs)).toSorted()).toEqual(['package.json', 'scripts'])
})

test('a package that wants another library is no match', async () => {
  await serveTensorflow()
  put(`${tfjs}/scripts/deps-constants.js`, "const LIBTENSORFLOW_VERSION = '2.19.0';")
  await expect(installed('tfjs')).rejects.toThrow('is built for libtensorflow 2.19.0, not 2.9.1')
  expect(server.asked).toEqual([])
})

const release = 'electron-v45.4.1-linux-x64.zip'
const electronZip = (() => {
  const zip = new AdmZip()
  zip.addFile('electron', Buffer.from('a program'))
  zip.addFile('version', Buffer.from('45.4.1'))
  return zip.toBuffer()
})()

test("Electron's program is unpacked by its own script", async () => {
  server.files.set(`electron/v45.4.1/${release}`, { bytes: electronZip })
  expect(part('electron').isHere()).toBe(false)
  await installed('electron')
  expect(part('electron').isHere()).toBe(true)
  expect(readFileSync(at('node_modules/electron/dist/electron'), 'utf8')).toBe('a program')
})

test("a program that is not Electron's is not unpacked", async () => {
  server.files.set(`electron/v45.4.1/${release}`, { bytes: Buffer.from('something else') })
  await expect(installed('electron')).rejects.toThrow('its SHA-256 is another one')
  expect(existsSync(at('node_modules/electron/dist'))).toBe(false)
})

test('a part asks for its own package of npm only, by its name', () => {
  rmSync(at('node_modules/electron'), { recursive: true })
  expect(part('cuda').isHere()).toBe(false)
  expect(() => part('electron')).toThrow(
    `${at('node_modules/electron/package.json')} is missing. Run npm ci, then the command again.`
  )
  rmSync(at('node_modules/onnxruntime-node'), { recursive: true })
  expect(() => part('cuda')).toThrow('install-metadata.js is missing. Run npm ci')
})

test('an onnxruntime without files for CUDA 12 is no match', () => {
  put('node_modules/onnxruntime-node/script/install-metadata.js', 'exports.manifests = {}')
  expect(() => part('cuda')).toThrow(
    `${at('node_modules/onnxruntime-node')} is of a version that names no files for CUDA 12 on ` +
      'Linux (x64). Run npm ci, which installs the version that Erratum is made for, then the ' +
      'command again.'
  )
})

test("a cache of Electron's that cannot be written says why", async () => {
  server.files.set(`electron/v45.4.1/${release}`, { bytes: electronZip })
  put('file', '')
  vi.stubEnv('electron_config_cache', at('file/cache'))
  await expect(installed('electron')).rejects.toMatchObject({
    code: 'cannot-write',
    message:
      `${at('file/cache')} could not be written: a part of the path is a file, not a folder. ` +
      'Choose another folder.'
  })
})

test("where Electron's own script fails, its words are pointed to", async () => {
  server.files.set(`electron/v45.4.1/${release}`, { bytes: electronZip })
  put('node_modules/electron/install.js', 'process.exitCode = 1')
  await expect(installed('electron')).rejects.toMatchObject({
    code: 'cannot-write',
    message:
      `${at(`downloads/${release}`)} could not be unpacked into ${at('node_modules/electron')}/dist. ` +
      "What Electron's own script says of it is above; once that is mended, run the command again."
  })
})

test('what would be downloaded is said, from where, how much and how it is checked', async () => {
  server.files.set(`electron/v45.4.1/${release}`, { bytes: electronZip })
  const { host } = new URL(server.base)
  expect(await describe(part('electron'), at('downloads'))).toEqual([
    'Electron 45.4.1, the program of the desktop application (MIT)',
    `${release} from ${host}: 0.00 MB; checked by the SHA-256 that is published for it`,
    `goes to ${at('node_modules/electron/dist')}`
  ])
  expect(await describe(part('cuda'), at('downloads'))).toContain(
    `what there is could not be looked up: ${server.base}index.json was answered with 404 Not Found`
  )
  expect(existsSync(at('downloads'))).toBe(false)
})

test('a part that is published for other systems only says so', () => {
  const elsewhere = { ...surroundings(), system: 'darwin-arm64' }
  const why = impossible(partFor('cuda', elsewhere), 'darwin-arm64')
  expect(why).toBe(
    'onnxruntime 1.30.0 for CUDA 12 with cuDNN 9 is published for linux-x64 only; this is darwin-arm64.'
  )
  expect(impossible(part('cuda'), 'linux-x64')).toBe('')
})

/** The command itself, with a proxy that nothing listens on: it reaches no server. */
function setup(given: readonly string[], env: Record<string, string> = {}) {
  const script = join(root, 'resources/setup/setup-gpu.ts')
  return spawnSync(process.execPath, ['--import', 'tsx', script, ...given], {
    cwd: root,
    env: { ...process.env, ...without, https_proxy: 'http://127.0.0.1:1', ...env },
    encoding: 'utf8'
  })
}

test('the command says first and does nothing that nobody has agreed to', () => {
  // Mirrors that are named as nothing are none.
  const listed = setup(['electron', '--list', '--downloads', at('downloads')])
  expect(listed).toMatchObject({ status: 0, stderr: '' })
  expect(listed.stdout).toMatch(/^electron +Electron 45\.\S+, the program of the desktop/)
  expect(listed.stdout).toContain('github.com cannot be reached (ECONNREFUSED)')
  expect(setup(['nothing'])).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('setup:gpu: No part is called nothing.') as string
  })
  expect(existsSync(at('downloads'))).toBe(false)
})

test('a mirror that is no address is named by its variable', () => {
  vi.stubEnv('ELECTRON_MIRROR', 'mirrors/electron')
  vi.stubEnv('TFJS_NODE_CDN_STORAGE', 'ftp://127.0.0.1/')
  const sources = publicSources(root)
  expect(() => sources.electron).toThrow(
    'ELECTRON_MIRROR is "mirrors/electron", which is no address on http or https. Correct it or ' +
      'unset it, then run the command again.'
  )
  expect(() => sources.storage).toThrow('TFJS_NODE_CDN_STORAGE is "ftp://127.0.0.1/", which')
  vi.stubEnv('TFJS_NODE_CDN_STORAGE', '')
  expect(sources.storage).toBe('https://storage.googleapis.com/')
})
