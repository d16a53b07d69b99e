import type { DeviceMemory, Executor } from '../../src-main/executors/executor.ts'

/** An executor whose memory does some things otherwise. */
export function changedMemory(
  executor: Executor,
  changes: (memory: DeviceMemory) => Partial<DeviceMemory>
): Executor {
  return {
    ...executor,
    openMemory() {
      const memory = executor.openMemory!()
      return {
        largestTensor: memory.largestTensor,
        write: (...given) => memory.write(...given),
        read: (...given) => memory.read(...given),
        compile: (...given) => memory.compile(...given),
        dispose: () => memory.dispose(),
        ...changes(memory)
      }
    }
  }
}
