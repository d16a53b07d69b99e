/** The executor that runs graphs on a device of the table. */
import type { DeviceName } from './devices.ts'
import type { Executor } from './executor.ts'
import { onnxruntimeExecutor } from './onnxruntime.ts'

/** `threads` inside one operator, for what runs on the CPU. */
export function executorOn(device: DeviceName, options: { threads: number }): Executor {
  return onnxruntimeExecutor({ device, ...options })
}
