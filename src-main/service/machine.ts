/** Which machine this is, as far as it matters for what was measured on it. */
import { readFileSync, readdirSync } from 'node:fs'
import { arch, availableParallelism, cpus, hostname, release } from 'node:os'
import { join } from 'node:path'
import { env } from 'onnxruntime-node'
import { tfjsFolder } from '../executors/tfjs/library.ts'
import { root } from '../installation.ts'
import { contentKey } from '../project/content-key.ts'

/** Changes with the machine, its processor, its graphics and their driver, and what computes there. */
export function machineKey(): string {
  return contentKey([
    ...[hostname(), process.platform, arch(), release()],
    ...[cpus()[0]?.model ?? '', availableParallelism()],
    ...graphics(),
    env.versions.node ?? '',
    ...libraries()
  ])
}

/** What is installed beside the packages that come along: onnxruntime's providers, TensorFlow.js. */
function libraries(): string[] {
  const { platform, arch } = process
  const onnxruntime = join(root, 'node_modules/onnxruntime-node/bin/napi-v6', platform, arch)
  return [onnxruntime, join(tfjsFolder, 'node_modules/@tensorflow')].flatMap(list)
}

/** What can be told of graphics without starting them; Linux alone has it in files. */
function graphics(): string[] {
  const cards = list('/sys/class/drm').filter((name) => /^card\d+$/.test(name))
  const ids = cards.flatMap((card) =>
    ['vendor', 'device'].map((of) => read(`/sys/class/drm/${card}/device/${of}`))
  )
  const drivers = ['VK_DRIVER_FILES', 'VK_ICD_FILENAMES'].map((name) => process.env[name] ?? '')
  return [...ids, read('/proc/driver/nvidia/version'), ...drivers]
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder).sort()
  } catch {
    return []
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return ''
  }
}
