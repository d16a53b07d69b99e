import type { Executor, Tensors } from '../../src-main/executors/executor.ts'
import { onnxruntimeExecutor } from '../../src-main/executors/onnxruntime.ts'

/** The CPU as a device that is lost at its n-th call: from then on nothing works, letting go neither. */
export function losingDevice(n: number): Executor & { calls: number } {
  const cpu = onnxruntimeExecutor({ threads: 1 })
  const device = {
    name: 'losing',
    calls: 0,
    async compile(...given: Parameters<Executor['compile']>) {
      const call = () => {
        if (++device.calls >= n) throw new Error('device lost')
      }
      call()
      const executable = await cpu.compile(...given)
      return {
        inputShapes: executable.inputShapes,
        outputShapes: executable.outputShapes,
        async run(feeds: Tensors, into?: Tensors) {
          call()
          return executable.run(feeds, into)
        },
        async dispose() {
          call()
          await executable.dispose()
        }
      }
    }
  }
  return device
}
