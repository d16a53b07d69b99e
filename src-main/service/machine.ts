/** Which machine this is, as far as it matters for what was measured on it. */
import { readFileSync, readdirSync } from 'node:fs'
import { arch, availableParallelism, cpus, hostname, release } from 'node:os'
import { env } from 'onnxruntime-node'
import { contentKey } from '../project/content-key.ts'

/** Changes with the machine, its processor, its graphics and their driver, and onnxruntime. */
export function machineKey(): string {
  return contentKey([
    ...[hostname(), process.platform, arch(), release()],
    ...[cpus()[0]?.model ?? '', availableParallelism()],
    ...graphics(),
    env.versions.node ?? ''
  ])
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
