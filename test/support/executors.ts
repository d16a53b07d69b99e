/** The executors that graphs are tested on. A new one is a row. */
import { onnxruntimeExecutor } from '../../src-main/executors/onnxruntime.ts'
import { evaluate } from '../../src-main/executors/reference.ts'
import type { Graph } from '../../src-main/graph/ir.ts'

export type Numbers = Record<string, ArrayLike<number>>

export interface TestedExecutor {
  readonly name: string
  run(graph: Graph, feeds: Readonly<Record<string, readonly number[]>>): Promise<Numbers>
  /** Largest error that is let pass, relative to the largest expected number of the tensor. */
  readonly tolerance: number
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
  onnxruntimeRow('onnxruntime cpu', 1),
  onnxruntimeRow('onnxruntime cpu, two threads', 2)
]

function onnxruntimeRow(name: string, threads: number): TestedExecutor {
  return {
    name,
    // float32: a few roundings of 2⁻²⁴, more or fewer by how the CPU adds up and takes powers.
    tolerance: 2 ** -21,
    async run(graph, feeds) {
      const executable = await onnxruntimeExecutor({ threads }).compile(graph)
      const tensors = Object.entries(feeds).map(([name, data]) => [name, Float32Array.from(data)])
      try {
        return await executable.run(Object.fromEntries(tensors))
      } finally {
        await executable.dispose()
      }
    }
  }
}
