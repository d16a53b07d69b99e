/** What `npm run setup:gpu` can get: a row each, with its source, its folder and how it is put there. */
import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { downloadArtifact } from '@electron/get'
import { ErratumError } from '../../src-main/errors.ts'
import { writableOrExplain } from '../../src-main/files/write-errors.ts'
import type { RemoteFile } from './download.ts'
import { nugetPackage } from './nuget.ts'
import { isWebAddress } from './request.ts'
import { unpackTar, unzipFiles } from './unpack.ts'

export const partNames = ['cuda', 'tfjs', 'electron'] as const
export type PartName = (typeof partNames)[number]

export interface Part {
  readonly title: string
  readonly licence: string
  /** Systems that its source has it for, as `PLATFORM-ARCHITECTURE`; all that Erratum runs on if absent. */
  readonly platforms?: readonly string[]
  /** The folder that it goes to. */
  readonly folder: string
  /** What npm installs there first, checked by a package-lock.json. */
  readonly npm?: string
  isHere(): boolean
  files(): Promise<RemoteFile[]>
  /** What is to be done, and might fail, before anything is downloaded. */
  prepare?(): void
  /** Puts the files in place, once all of them have been downloaded. */
  install(paths: readonly string[]): Promise<void>
}

/** Where the files come from, and for which checkout. */
export interface Surroundings {
  /** The checkout's folder. */
  readonly root: string
  /** `PLATFORM-ARCHITECTURE`. */
  readonly system: string
  /** Google's storage of TensorFlow's files. */
  readonly storage: string
  /** Electron's releases. */
  readonly electron: string
}

/**
 * The sources as they are published, or the mirrors that both projects' own variables name. A
 * mirror that is no address is refused by whoever asks for it (`bad-argument`).
 */
export function publicSources(root: string): Surroundings {
  return {
    root,
    system: `${process.platform}-${process.arch}`,
    get storage() {
      return mirrored('TFJS_NODE_CDN_STORAGE', 'https://storage.googleapis.com/')
    },
    get electron() {
      return mirrored('ELECTRON_MIRROR', 'https://github.com/electron/electron/releases/download/')
    }
  }
}

function mirrored(variable: string, published: string): string {
  const address = process.env[variable] || published
  if (isWebAddress(address)) return address
  throw new ErratumError(
    'bad-argument',
    `${variable} is ${JSON.stringify(address)}, which is no address on http or https. Correct it ` +
      'or unset it, then run the command again.'
  )
}

const rows: Readonly<Record<PartName, (surroundings: Surroundings) => Part>> = {
  cuda,
  tfjs,
  electron
}

/** A row of the table; no other part's package need be here. Throws `cannot-download`. */
export function partFor(name: PartName, surroundings: Surroundings): Part {
  return rows[name](surroundings)
}

/** The part of onnxruntime-node's script/install-metadata.js that is read here. */
interface OnnxruntimeSources {
  manifests: Record<string, Record<string, { package: string; path: string }>>
  packages: Record<string, { name: string; versions: { feed: string; version: string }[] }>
  feeds: Record<string, { index: string }>
}

/** onnxruntime looks for its providers beside its own library. TensorRT's would need TensorRT, too. */
function cuda({ root }: Surroundings): Part {
  const own = join(root, 'node_modules/onnxruntime-node')
  const folder = join(own, 'bin/napi-v6/linux/x64')
  const sources = createRequire(import.meta.url)(
    fromNpm(join(own, 'script/install-metadata.js'))
  ) as OnnxruntimeSources
  const manifest = sources.manifests['linux/x64:cuda12']
  if (!manifest) {
    throw new ErratumError(
      'cannot-download',
      `${own} is of a version that names no files for CUDA 12 on Linux (x64). Run npm ci, which ` +
        'installs the version that Erratum is made for, then the command again.'
    )
  }
  const files = Object.entries(manifest).flatMap(([name, from]) =>
    name.includes('tensorrt') ? [] : [{ ...from, to: join(folder, name) }]
  )
  const { name, versions } = sources.packages[files[0]!.package]!
  const { feed, version } = versions[0]!
  return {
    title: `onnxruntime ${version} for CUDA 12 with cuDNN 9`,
    licence: 'MIT',
    platforms: ['linux-x64'],
    folder,
    isHere: () => files.every(({ to }) => existsSync(to)),
    files: async () => [await nugetPackage(sources.feeds[feed]!.index, { name, version })],
    install: ([archive]) =>
      unzipFiles(
        archive!,
        files.map(({ path, to }) => ({ entry: path, to }))
      )
  }
}

/** Those that tfjs-node 4.22 is built for; its own install script names the same. */
const [libtensorflow, nodeApi] = ['2.9.1', 8]

function tfjs({ root, storage }: Surroundings): Part {
  const folder = join(root, 'resources/tfjs')
  const own = join(folder, 'node_modules/@tensorflow/tfjs-node-gpu')
  const wanted = dependencyIn(folder, '@tensorflow/tfjs-node-gpu')
  const [library, binding] = [join(own, 'deps'), join(own, `lib/napi-v${nodeApi}`)]
  const archive = `libtensorflow-gpu-linux-x86_64-${libtensorflow}.tar.gz`
  // npm writes its own list last: without it, what is here is what a killed npm left.
  const isWhole = () => existsSync(join(folder, 'node_modules/.package-lock.json'))
  const hasPackage = () => isWhole() && existsSync(own) && versionIn(own) === wanted
  return {
    title: `@tensorflow/tfjs-node-gpu ${wanted} for CUDA 11 with cuDNN 8`,
    licence: 'Apache-2.0',
    platforms: ['linux-x64'],
    folder,
    npm: `@tensorflow/tfjs-node-gpu ${wanted}`,
    isHere: () => hasPackage() && existsSync(library) && existsSync(binding),
    files: async () => [
      {
        name: archive,
        url: below(storage, `tensorflow/libtensorflow/${archive}`)
      },
      {
        name: `tfjs-node-${wanted}-napi-v${nodeApi}-GPU-linux.tar.gz`,
        url: below(
          storage,
          `tf-builds/pre-built-binary/napi-v${nodeApi}/${wanted}/GPU-linux-${wanted}.tar.gz`
        )
      }
    ],
    prepare: () => {
      if (!hasPackage()) installByNpm(folder)
      expectLibtensorflow(own)
    },
    install: async ([tensorflow, addon]) => {
      await unpackTar(tensorflow!, library)
      await unpackTar(addon!, binding, { strip: 1 })
    }
  }
}

/** The package's own script must want the library that is fetched for it. */
function expectLibtensorflow(own: string): void {
  const script = readFileSync(join(own, 'scripts/deps-constants.js'), 'utf8')
  const [, version] = /LIBTENSORFLOW_VERSION = '(.+?)'/.exec(script) ?? []
  if (version === libtensorflow) return
  throw new ErratumError(
    'cannot-download',
    `${own} is built for libtensorflow ${version}, not ${libtensorflow}. ` +
      'Update the version in resources/setup/parts.ts.'
  )
}

function installByNpm(folder: string): void {
  const options = ['--ignore-scripts', '--no-audit', '--no-fund']
  const { status, error } = spawnSync('npm', ['ci', ...options], { cwd: folder, stdio: 'inherit' })
  if (status === 0) return
  throw new ErratumError(
    'cannot-download',
    `npm ci failed in ${folder}${error ? ` (${error.message})` : ''}. Its own words are above; ` +
      'then run the command again.'
  )
}

/** Electron's own install script unpacks it, from the cache that its own library fills. */
function electron({ root, system, electron }: Surroundings): Part {
  const own = join(root, 'node_modules/electron')
  const version = versionIn(own)
  const file = `electron-v${version}-${system}.zip`
  const checksums = readJson(fromNpm(join(own, 'checksums.json'))) as Record<string, string>
  const [platform, arch] = system.split('-') as [string, string]
  return {
    title: `Electron ${version}, the program of the desktop application`,
    licence: 'MIT',
    ...(checksums[file] === undefined && { platforms: [] }),
    folder: join(own, 'dist'),
    isHere: () => {
      const [path, of] = [join(own, 'path.txt'), join(own, 'dist/version')]
      return existsSync(path) && existsSync(of) && readFileSync(of, 'utf8').trim() === version
    },
    files: async () => [
      {
        name: file,
        url: below(electron, `v${version}/${file}`),
        hash: { algorithm: 'sha256', digest: checksums[file] ?? '' }
      }
    ],
    install: async ([archive]) => {
      const downloader = {
        download: async (_: string, to: string) => copyFileSync(archive!, to)
      }
      const cache = process.env['electron_config_cache']
      await writableOrExplain(cache || "Electron's cache", () =>
        downloadArtifact({
          ...{ version, artifactName: 'electron', platform, arch, checksums, downloader },
          ...(cache && { cacheRoot: cache })
        })
      )
      const { status } = spawnSync(process.execPath, [join(own, 'install.js')], {
        stdio: 'inherit'
      })
      if (status === 0) return
      throw new ErratumError(
        'cannot-write',
        `${archive} could not be unpacked into ${own}/dist. What Electron's own script says of it ` +
          'is above; once that is mended, run the command again.'
      )
    }
  }
}

/** A file of one of npm's packages; throws `cannot-download` where it is missing. */
function fromNpm(path: string): string {
  if (existsSync(path)) return path
  throw new ErratumError(
    'cannot-download',
    `${path} is missing. Run npm ci, then the command again.`
  )
}

const below = (base: string, path: string) => `${base.replace(/\/?$/, '/')}${path}`

const versionIn = (folder: string) =>
  (readJson(fromNpm(join(folder, 'package.json'))) as { version: string }).version

const dependencyIn = (folder: string, name: string) =>
  (readJson(join(folder, 'package.json')) as { dependencies: Record<string, string> }).dependencies[
    name
  ]!

const readJson = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'))
