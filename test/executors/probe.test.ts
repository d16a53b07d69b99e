import { expect, test } from 'vitest'
import { deviceNames, devices, isPossible, thisPlatform } from '../../src-main/executors/devices.ts'
import { probeDevice } from '../../src-main/executors/probe.ts'

test('the CPU is always there', async () => {
  expect(await probeDevice('cpu')).toEqual({ found: true })
})

const impossible = deviceNames.filter((name) => !isPossible(name))

test.each(impossible)('%s is refused where onnxruntime does not have it', async (name) => {
  const why = `onnxruntime has no ${devices[name].title} for ${thisPlatform}.`
  expect(await probeDevice(name)).toEqual({ found: false, why })
})

// CUDA's library is downloaded by an install script, which is not run here.
test.runIf(isPossible('cuda'))(
  'a device that does not start says why and what it needs',
  async () => {
    const probe = await probeDevice('cuda')
    if (probe.found) return
    expect(probe.why).toMatch(/^GPU \(CUDA\) did not start: .+\. It needs CUDA 12 with cuDNN 9/)
  }
)

test.runIf(isPossible('webgpu'))('a GPU without its loader is not looked for', async () => {
  const probe = await probeDevice('webgpu')
  if (probe.found) return
  // What Dawn would print is not in a sentence of ours.
  expect(probe.why).toMatch(/^GPU \(WebGPU\) did not start: .+\. It needs a driver of the GPU/)
})

test('TensorFlow.js computes here, and says so where that is slow', async () => {
  const probe = await probeDevice('tfjs')
  expect(probe.found).toBe(true)
  const remark = probe.found ? probe.remark : ''
  if (remark) expect(remark).toMatch(/^It computes (in plain JavaScript, which is slow|on the CPU)/)
})
