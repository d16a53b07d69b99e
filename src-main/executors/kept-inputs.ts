/** Graphs that read what a device keeps, and what becomes of them when it fails. */
import type { DeviceMemory, Executor } from './executor.ts'
import { StateLost } from './executor.ts'
import { inputsOf } from '../graph/ir.ts'

/** Compiles graphs that find inputs of these names in a device's memory; they are fed the others. */
export function readingExecutor(memory: DeviceMemory, names: readonly string[]): Executor {
  return {
    name: 'graphs that read what is kept',
    compile(graph) {
      const inputs = inputsOf(graph)
      return memory.compile(graph, { reads: names.filter((name) => inputs.has(name)), writes: {} })
    }
  }
}

/**
 * Does work until no device fails in it that kept what it needs. An executor whose device has failed
 * offers no memory any more, so it is to be asked anew each time.
 */
export async function untilKept<Result>(work: () => Promise<Result>): Promise<Result> {
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof StateLost)) throw error
    }
  }
}
