/** The executor that runs graphs on a device of the table. */
import type { DeviceName } from './devices.ts'
import { isOfOnnxruntime } from './devices.ts'
import type { Executor } from './executor.ts'
import { onnxruntimeExecutor } from './onnxruntime.ts'
import { tfjsExecutor } from './tfjs/tfjs.ts'

/** `threads` inside one operator, for what runs on the CPU; TensorFlow.js takes all of its cores. */
export function executorOn(device: DeviceName, options: { threads: number }): Executor {
  return isOfOnnxruntime(device) ? onnxruntimeExecutor({ device, ...options }) : tfjsExecutor()
}
