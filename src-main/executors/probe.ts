/** Whether a device is there: a tiny graph is compiled for it and run, and the result checked. */
import { z } from 'zod'
import { firstLine } from '../errors.ts'
import { add, constant, input, matmul } from '../graph/build.ts'
import type { Graph } from '../graph/ir.ts'
import type { Device, DeviceName } from './devices.ts'
import { devices, isOfOnnxruntime, isPossible, thisPlatform } from './devices.ts'
import type { Executor } from './executor.ts'
import { onnxruntimeExecutor } from './onnxruntime.ts'
import type { TfjsLibrary } from './tfjs/library.ts'
import { loadTfjs } from './tfjs/library.ts'
import { tfjsExecutor } from './tfjs/tfjs.ts'

export const probeSchema = z.discriminatedUnion('found', [
  /** `remark` says what a user should know of a device that is there, such as that it is slow. */
  z.object({ found: z.literal(true), remark: z.string().optional() }),
  z.object({ found: z.literal(false), why: z.string() })
])

export type Probe = z.infer<typeof probeSchema>

/** x·x + 1 */
function tinyGraph(): Graph {
  const x = input('x', [2, 2])
  return { name: 'probe', outputs: { y: add(matmul(x, x), constant([1])) } }
}

/**
 * Looks for a device; says why it is not there, in a sentence. Nothing of a device of onnxruntime is
 * left to the CPU.
 */
export async function probeDevice(device: DeviceName): Promise<Probe> {
  const { title, needs, loadsOnLinux }: Device = devices[device]
  const missing = needs ? ` It needs ${needs}.` : ''
  if (!isPossible(device)) {
    return { found: false, why: `onnxruntime has no ${title} for ${thisPlatform}.` }
  }
  if (loadsOnLinux && process.platform === 'linux' && !isInstalled(loadsOnLinux)) {
    return {
      found: false,
      why: `${title} did not start: ${loadsOnLinux} is not installed.${missing}`
    }
  }
  try {
    const { executor, remark } = probed(device)
    const wrong = await firstMistake(executor)
    if (wrong) return { found: false, why: `${title} ${wrong}` }
    return { found: true, ...(remark && { remark }) }
  } catch (error) {
    return { found: false, why: `${title} did not start: ${reasonOf(error)}.${missing}` }
  }
}

function probed(device: DeviceName): { executor: Executor; remark?: string } {
  if (isOfOnnxruntime(device)) {
    return { executor: onnxruntimeExecutor({ device, threads: 1, alone: device !== 'cpu' }) }
  }
  const library = loadTfjs()
  return { executor: tfjsExecutor(library), remark: slowness(library) }
}

/** Whether the system finds a library. It is loaded like an addon, which it is not. */
function isInstalled(library: string): boolean {
  try {
    process.dlopen({ exports: {} }, library)
    return true
  } catch (error) {
    return !(error instanceof Error && error.message.includes('cannot open shared object file'))
  }
}

/** What the tiny graph came to, where that is wrong. */
async function firstMistake(executor: Executor): Promise<string | undefined> {
  const executable = await executor.compile(tinyGraph())
  try {
    const { y } = await executable.run({ x: Float32Array.of(1, 2, 3, 4) })
    const isRight = y!.join() === '8,11,16,23'
    return isRight ? undefined : `computed [${y!.join(', ')}] instead of [8, 11, 16, 23].`
  } finally {
    await executable.dispose()
  }
}

/** Why TensorFlow.js is no faster; empty where it is on a GPU. */
export function slowness({ package: name, isOnGpu, passedOver }: TfjsLibrary): string {
  if (isOnGpu) return ''
  if (name === '@tensorflow/tfjs-node-gpu') {
    return 'It computes on the CPU: TensorFlow found no GPU. It needs CUDA 11 with cuDNN 8.'
  }
  const how = {
    '@tensorflow/tfjs-node': 'It computes on the CPU.',
    '@tensorflow/tfjs-backend-cpu': 'It computes in plain JavaScript, which is slow.'
  }[name]
  const remedy = 'In a checkout on Linux (x64), npm run setup:gpu -- tfjs gets the one for a GPU.'
  return [how, ...passedOver, remedy].join(' ')
}

/** The last part of a line; onnxruntime's begins with where in its sources it was written. */
function reasonOf(error: unknown): string {
  const line = firstLine(error)
  return / was false\. (.*)/.exec(line)?.[1] ?? line
}
