/**
 * WebGPU on whatever GPU there is: one in software where vitest.config.ts has found it. Skipped with
 * a sentence where there is none.
 */
import { describe, expect, test } from 'vitest'
import { onnxruntimeExecutor } from '../../src-main/executors/onnxruntime.ts'
import { probeDevice } from '../../src-main/executors/probe.ts'
import { input, scatterAdd } from '../../src-main/graph/build.ts'
import { adamW } from '../../src-main/training/settings.ts'
import { ResidentStep, hostParameters } from '../devices/resident.ts'
import { onnxruntimeRow } from '../support/executors.ts'
import { expectClose } from '../support/golden.ts'
import { memoryStory } from '../support/memory-story.ts'
import { opParity, stepParity } from '../support/parity.ts'
import { smallModels, wholeStep } from '../support/steps.ts'

const executor = onnxruntimeRow('onnxruntime webgpu', { device: 'webgpu', threads: 1 })
const probe = await probeDevice('webgpu')
if (!probe.found) {
  console.warn(
    `SKIPPED: nothing was tested on WebGPU. ${probe.why} Debian's package chromium brings a GPU in ` +
      'software (apt-get install chromium).'
  )
}

describe.skipIf(!probe.found)('onnxruntime webgpu', () => {
  describe('computes', () => opParity(executor))

  describe('agrees with the reference on a step of', () => stepParity(executor))

  describe('a memory for tensors', () => memoryStory({ device: 'webgpu', alone: true }))

  test('adds many rows to the same place', async () => {
    const [rows, places, width] = [2048, 16, 64]
    const sums = scatterAdd(input('at', [rows]), input('x', [rows, width]), places)
    const executor = onnxruntimeExecutor({ device: 'webgpu', threads: 1, alone: true })
    const executable = await executor.compile({ name: 'test', outputs: { y: sums } })
    const at = Float32Array.from({ length: rows }, (_, row) => row % places)
    const x = new Float32Array(rows * width).fill(1)
    for (let run = 0; run < 5; run++) {
      const { y } = await executable.run({ at, x })
      expect(new Set(y)).toEqual(new Set([rows / places]))
    }
    await executable.dispose()
  })

  test('keeps parameters and what AdamW keeps between steps', async () => {
    const { model, batch } = smallModels[0]!
    const step = wholeStep(model, 'train step', batch)
    const resident = await ResidentStep.create({ step, settings: adamW, device: 'webgpu' })
    const [steps, learningRate] = [10, 1e-3]
    for (let turn = 0; turn < steps; turn++) {
      await resident.run(learningRate)
      expect(resident.isOnDevice).toBe(true)
    }
    const parameters = await resident.parameters()
    const expected = await hostParameters(step, adamW, { steps, learningRate })
    for (const [name, numbers] of Object.entries(expected)) {
      // A step of AdamW is of one size however small the gradient, and with it that of its error.
      expectClose(parameters[name]!, numbers, { tolerance: 1e-5, name })
    }
    await resident.dispose()
  })
})
