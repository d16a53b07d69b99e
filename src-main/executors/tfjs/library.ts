/**
 * TensorFlow.js as far as it is here: with the GPU, with its native library on the CPU, or else in
 * plain JavaScript. `npm run setup:gpu` gets the first; a checkout has the last, for its tests. The
 * packaged application has none.
 */
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { ErratumError, firstLine } from '../../errors.ts'
import { resource, root } from '../../installation.ts'
import type { Tfjs } from './operators.ts'

/** From the fastest to the slowest. */
export const tfjsPackages = [
  '@tensorflow/tfjs-node-gpu',
  '@tensorflow/tfjs-node',
  '@tensorflow/tfjs-backend-cpu'
] as const
export type TfjsPackage = (typeof tfjsPackages)[number]

/** What a package needs and its functions are of: each is a backend only. */
const functions: Record<TfjsPackage, string> = {
  '@tensorflow/tfjs-node-gpu': '@tensorflow/tfjs',
  '@tensorflow/tfjs-node': '@tensorflow/tfjs',
  '@tensorflow/tfjs-backend-cpu': '@tensorflow/tfjs-core'
}

export interface TfjsLibrary {
  readonly tf: Tfjs
  readonly package: TfjsPackage
  /** Whether TensorFlow computes on a GPU. */
  readonly isOnGpu: boolean
  /** Why each package before this one was passed over, a sentence each. */
  readonly passedOver: readonly string[]
}

/** The folder in which `npm run setup:gpu` installs; it has a package.json of its own. */
export const tfjsFolder = resource('tfjs')

/**
 * Loads the first of the packages that is in one of the folders and loads. A process can have one
 * only: they share their state. Throws `bad-argument` with what to install.
 */
export function loadTfjs({
  packages = tfjsPackages,
  folders = [root, tfjsFolder]
}: { packages?: readonly TfjsPackage[]; folders?: readonly string[] } = {}): TfjsLibrary {
  const passedOver: string[] = []
  for (const name of packages) {
    const path = find(name, folders)
    if (path === undefined) {
      passedOver.push(`${name} is not installed.`)
      continue
    }
    try {
      return { ...load(name, path), passedOver }
    } catch (error) {
      passedOver.push(`${name} did not load: ${firstLine(error)}.`)
    }
  }
  const remedy =
    'In a checkout on Linux (x64), install it by npm run setup:gpu; or choose another device.'
  throw new ErratumError('bad-argument', `${passedOver.join(' ')} ${remedy}`)
}

function find(name: TfjsPackage, folders: readonly string[]): string | undefined {
  for (const folder of folders) {
    try {
      return createRequire(join(folder, 'package.json')).resolve(name)
    } catch {
      // The next folder may have it.
    }
  }
  return undefined
}

function load(name: TfjsPackage, path: string): Omit<TfjsLibrary, 'passedOver'> {
  restoreTypeChecks()
  // What it says as it starts is of no use to anybody here; a variable that is set is left alone.
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2'
  const require = createRequire(path)
  const tf = require(functions[name]) as Tfjs
  // No advice on stderr to use another package; nor, should this one not load, a line for each
  // operator that the next one registers again.
  tf.enableProdMode()
  require(path)
  const backend = tf.backend() as { isUsingGpuDevice?: boolean }
  return { tf, package: name, isOnGpu: backend.isUsingGpuDevice === true }
}

/**
 * tfjs-node 4 calls two functions of `node:util` that Node has given up: with 23 one is gone
 * (tensorflow/tfjs#8609), the other warns. They mean the same here.
 */
function restoreTypeChecks(): void {
  const util = createRequire(import.meta.url)('node:util') as Record<string, unknown>
  util['isArray'] = Array.isArray
  util['isNullOrUndefined'] = (value: unknown) => value === null || value === undefined
}
