/** The executors that graphs are tested on. A new one is a row. */
import type { DeviceName } from '../../src-main/executors/devices.ts'
import { devices } from '../../src-main/executors/devices.ts'
import { onnxruntimeExecutor } from '../../src-main/executors/onnxruntime.ts'
import { evaluate } from '../../src-main/executors/reference.ts'
import type { Graph } from '../../src-main/graph/ir.ts'

export type Numbers = Record<string, ArrayLike<number>>

export interface TestedExecutor {
  readonly name: string
  run(graph: Graph, feeds: Readonly<Record<string, ArrayLike<number>>>): Promise<Numbers>
  /** Largest error that is let pass, relative to the largest expected number of the tensor. */
  readonly tolerance: number
}

/** float32, by device: a few roundings of 2⁻²⁴ each. */
export const tolerances: Readonly<Record<DeviceName, number>> = {
  // More or fewer by how the CPU adds up and takes powers.
  cpu: 2 ** -21,
  // Its error function is a polynomial that is off by 2⁻²², of which Gelu, where that is small, keeps
  // all: 20 roundings were seen. Vulkan lets exp and log be off by a few more than a CPU's are.
  webgpu: 2 ** -19,
  // Sums in another order than the CPU's; nobody has looked closer yet.
  cuda: 2 ** -19,
  dml: 2 ** -19,
  // Core ML may compute with float16.
  coreml: 2 ** -9
}

export const testedExecutors: readonly TestedExecutor[] = [
  {
    name: 'reference',
    // float64 throughout: what is left are sums in another order than numpy's.
    tolerance: 1e-12,
    async run(graph, feeds) {
      const results = Object.entries(evaluate(graph, feeds))
      return Object.fromEntries(results.map(([name, { data }]) => [name, data]))
    }
  },
  onnxruntimeRow('onnxruntime cpu', { device: 'cpu', threads: 1 }),
  onnxruntimeRow('onnxruntime cpu, two threads', { device: 'cpu', threads: 2 })
]

/** onnxruntime on a device. Where nothing is to run on the CPU, that something does is a failure. */
export function onnxruntimeRow(
  name: string,
  { device, threads }: { device: DeviceName; threads: number }
): TestedExecutor {
  const alone = device !== 'cpu' && devices[device].onCpu?.length === 0
  return {
    name,
    tolerance: tolerances[device],
    async run(graph, feeds) {
      const executable = await onnxruntimeExecutor({ device, threads, alone }).compile(graph)
      const tensors = Object.entries(feeds).map(([name, data]) => [name, Float32Array.from(data)])
      try {
        return await executable.run(Object.fromEntries(tensors))
      } finally {
        await executable.dispose()
      }
    }
  }
}
