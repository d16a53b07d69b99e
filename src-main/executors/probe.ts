/** Whether a device is there: a tiny graph is compiled for it and run, and the result checked. */
import { z } from 'zod'
import { add, constant, input, matmul } from '../graph/build.ts'
import type { Graph } from '../graph/ir.ts'
import type { DeviceName } from './devices.ts'
import { devices, isPossible, thisPlatform } from './devices.ts'
import { onnxruntimeExecutor } from './onnxruntime.ts'

export const probeSchema = z.discriminatedUnion('found', [
  z.object({ found: z.literal(true) }),
  z.object({ found: z.literal(false), why: z.string() })
])

export type Probe = z.infer<typeof probeSchema>

/** x·x + 1 */
function tinyGraph(): Graph {
  const x = input('x', [2, 2])
  return { name: 'probe', outputs: { y: add(matmul(x, x), constant([1])) } }
}

/** Looks for a device; says why it is not there, in a sentence. Nothing of it runs on the CPU. */
export async function probeDevice(device: DeviceName): Promise<Probe> {
  const { title, needs } = devices[device]
  const missing = needs ? ` It needs ${needs}.` : ''
  if (!isPossible(device)) {
    return { found: false, why: `onnxruntime has no ${title} for ${thisPlatform}.` }
  }
  try {
    const executor = onnxruntimeExecutor({ device, threads: 1, alone: device !== 'cpu' })
    const executable = await executor.compile(tinyGraph())
    try {
      const { y } = await executable.run({ x: Float32Array.of(1, 2, 3, 4) })
      const isRight = y!.join() === '8,11,16,23'
      return isRight
        ? { found: true }
        : { found: false, why: `${title} computed [${y!.join(', ')}] instead of [8, 11, 16, 23].` }
    } finally {
      await executable.dispose()
    }
  } catch (error) {
    return { found: false, why: `${title} did not start: ${reasonOf(error)}.${missing}` }
  }
}

/** The last part of onnxruntime's message, which begins with where in its sources it was written. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  const line = message.trim().split('\n')[0]!
  return (/ was false\. (.*)/.exec(line)?.[1] ?? line).replace(/\.$/, '')
}
