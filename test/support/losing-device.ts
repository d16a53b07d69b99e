import type { Executable, Executor, Tensors } from '../../src-main/executors/executor.ts'
import { onnxruntimeExecutor } from '../../src-main/executors/onnxruntime.ts'

/**
 * The CPU as a device that is lost at its n-th call: from then on nothing works, nor does letting go,
 * which does not count as a call. It may have a memory, and `lose` may do more than that.
 */
export function losingDevice(
  n: number,
  keepsTensors = false,
  lose: () => void = () => undefined
): Executor & { calls: number } {
  const real = onnxruntimeExecutor({ threads: 1, keepsTensors })
  const call = () => {
    if (++device.calls < n) return
    lose()
    throw new Error('device lost')
  }
  const letGo = () => {
    if (device.calls >= n) throw new Error('device lost')
  }
  const losing = (executable: Executable): Executable => ({
    inputShapes: executable.inputShapes,
    outputShapes: executable.outputShapes,
    async run(feeds: Tensors, into?: Tensors) {
      call()
      return executable.run(feeds, into)
    },
    async dispose() {
      letGo()
      await executable.dispose()
    }
  })
  const device: Executor & { calls: number } = {
    name: 'losing',
    calls: 0,
    async compile(...given) {
      call()
      return losing(await real.compile(...given))
    },
    openMemory:
      real.openMemory &&
      (() => {
        const memory = real.openMemory!()
        return {
          largestTensor: memory.largestTensor,
          async write(...given) {
            call()
            await memory.write(...given)
          },
          async read(names) {
            call()
            return memory.read(names)
          },
          async compile(...given) {
            call()
            return losing(await memory.compile(...given))
          },
          async dispose() {
            letGo()
            await memory.dispose()
          }
        }
      })
  }
  return device
}
