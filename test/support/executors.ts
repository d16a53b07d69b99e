/** The executors that graphs are tested on. A new one is a row. */
import type { DeviceName, OnnxruntimeDevice } from '../../src-main/executors/devices.ts'
import { devices } from '../../src-main/executors/devices.ts'
import { onnxruntimeExecutor } from '../../src-main/executors/onnxruntime.ts'
import type { Executable, Executor } from '../../src-main/executors/executor.ts'
import { evaluate } from '../../src-main/executors/reference.ts'
import type { TfjsPackage } from '../../src-main/executors/tfjs/library.ts'
import { loadTfjs } from '../../src-main/executors/tfjs/library.ts'
import { tfjsExecutor } from '../../src-main/executors/tfjs/tfjs.ts'
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
  coreml: 2 ** -9,
  // In plain JavaScript its error function is the same polynomial as WebGPU's. TensorFlow's is exact,
  // but where Gelu is small, 1 + erf(x) keeps few of its digits: 11 roundings were seen.
  tfjs: 2 ** -19
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
  onnxruntimeRow('onnxruntime cpu, two threads', { device: 'cpu', threads: 2 }),
  tfjsRow('tfjs in plain JavaScript', '@tensorflow/tfjs-backend-cpu')
]

/**
 * onnxruntime on a device. Where nothing is to run on the CPU, that something does is a failure. What
 * was compiled is put into `kept`, for the caller to dispose of, or else is gone after its run.
 */
export function onnxruntimeRow(
  name: string,
  { device, threads, kept }: { device: OnnxruntimeDevice; threads: number; kept?: Executable[] }
): TestedExecutor {
  const alone = device !== 'cpu' && devices[device].onCpu?.length === 0
  return executorRow(name, device, () => onnxruntimeExecutor({ device, threads, alone }), kept)
}

/** One package of TensorFlow.js; a process can have no other besides. */
export function tfjsRow(name: string, library: TfjsPackage): TestedExecutor {
  return executorRow(name, 'tfjs', () => tfjsExecutor(loadTfjs({ packages: [library] })))
}

function executorRow(
  name: string,
  device: DeviceName,
  make: () => Executor,
  kept?: Executable[]
): TestedExecutor {
  return {
    name,
    tolerance: tolerances[device],
    async run(graph, feeds) {
      const executable = await make().compile(graph)
      kept?.push(executable)
      const tensors = Object.entries(feeds).map(([name, data]) => [name, Float32Array.from(data)])
      try {
        return await executable.run(Object.fromEntries(tensors))
      } finally {
        if (!kept) await executable.dispose()
      }
    }
  }
}
