/** The best use of devices, by seconds that are written here. */
import { expect, test, vi } from 'vitest'
import type { DeviceName } from '../../src-main/executors/devices.ts'
import type { MeasuredOn } from '../../src-main/pipeline/measure-step.ts'
import type { TypicalStep } from '../../src-main/pipeline/typical-step.ts'
import { bestUse } from '../../src-main/service/best-use.ts'

vi.mock('node:os', async (original) => ({
  ...(await original<typeof import('node:os')>()),
  availableParallelism: () => 8
}))

const step = { model: { name: 'text-cnn' } } as TypicalStep
const rounds = { step, sideBySide: true, threads: 8 }
const single = { ...rounds, sideBySide: false }
const both: DeviceName[] = ['cpu', 'webgpu']

/** Seconds of a step on the CPU, and on a GPU with 1, 2 and 4 trainings; the rest is not known. */
const known =
  (cpu: number | null, ...gpu: (number | null)[]) =>
  ({ device, atOnce }: MeasuredOn) =>
    device === 'cpu' ? cpu : gpu[Math.log2(atOnce)]

const cpu = { use: { device: 'cpu' } }
const webgpu = (atOnce: number) => ({ use: { device: 'webgpu', atOnce } })

test.each([
  ['a single training, by the seconds alone', single, known(2, 1), webgpu(1)],
  ['and the CPU where it is faster', single, known(1, 2), { use: { device: 'cpu', atOnce: 1 } }],
  ['rounds, which the CPU does by the core', rounds, known(2, 1), { use: { device: 'cpu' } }],
  ['by as many as are wanted', { ...rounds, threads: 1 }, known(2, 1, 2), webgpu(1)],
  ['by what the GPU does at once', rounds, known(2, 0.8, 0.8, 0.8), webgpu(4)],
  ['by no more at once than are wanted', { ...rounds, threads: 1 }, known(2, 3, 3, 3), cpu],
  ['by what it failed to do', rounds, known(2, 0.2, null), webgpu(1)],
  ['the first, where all fail', rounds, known(null, null), cpu]
])('is for %s', (_case, work, seconds, expected) => {
  expect(bestUse(both, work, seconds)).toEqual(expected)
})

test('names what is to be measured, one after the other, and no more', () => {
  const missing = (...seconds: Parameters<typeof known>) => {
    const found = bestUse(both, rounds, known(...seconds))
    return 'missing' in found ? [found.missing.device, found.missing.atOnce] : found.use
  }
  expect(bestUse(both, rounds, () => undefined)).toEqual({
    missing: { device: 'cpu', operatorThreads: 1, atOnce: 1 }
  })
  expect(missing(2)).toEqual(['webgpu', 1])
  expect(missing(2, 0.8)).toEqual(['webgpu', 2])
  expect(missing(2, 0.8, 0.8)).toEqual(['webgpu', 4])
  // Four at once could not make up for that.
  expect(missing(2, 1)).toEqual({ device: 'cpu' })
})
