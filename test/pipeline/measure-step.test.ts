/** Steps that are timed, by several workers at once. */
import { describe, expect, test } from 'vitest'
import { measureStep } from '../../src-main/pipeline/measure-step.ts'
import { trainingPresets } from '../../src-main/training/presets.ts'

const worker = new URL('losing-worker.ts', import.meta.url)
const sizes = { embedding: 8, filters: 4, firstWidth: 3, secondWidth: 3 }
const settings = { ...trainingPresets('text-cnn', false).adamw, batchSize: 4 }
const model = { name: 'text-cnn', sizes } as const
const step = { model, classes: 2, settings, words: 20, tokens: 16 }
const gpu = { device: 'webgpu', operatorThreads: 1 } as const

/** What the workers' device does at one of its calls: one compiles, and four are steps. */
function lose(call: number, by: 'error' | 'crash'): void {
  process.env['LOST_AT_CALL'] = String(call)
  process.env['LOST_BY'] = by
}

describe('a step', { timeout: 30_000 }, () => {
  test.each([
    ['a thread', { device: 'cpu', operatorThreads: 1, atOnce: 1 }],
    ['two threads', { device: 'cpu', operatorThreads: 1, atOnce: 2 }],
    ['a process', { ...gpu, atOnce: 1 }],
    ['two processes', { ...gpu, atOnce: 2 }]
  ] as const)('is timed in %s', async (_in, on) => {
    lose(Infinity, 'error')
    const seconds = await measureStep(step, on, { worker })
    // Some tens of thousands of multiplications.
    expect(seconds).toBeGreaterThan(1e-5)
    expect(seconds).toBeLessThan(1)
  })

  test.each([1, 4])('has no time where the device fails at call %i', async (call) => {
    lose(call, 'error')
    const measured = measureStep(step, { ...gpu, atOnce: 2 }, { worker })
    await expect(measured).rejects.toThrow('device lost')
  })

  test.each([1, 4])('nor where its process ends at call %i', async (call) => {
    lose(call, 'crash')
    const measured = measureStep(step, { ...gpu, atOnce: 2 }, { worker })
    await expect(measured).rejects.toMatchObject({ code: 'worker-ended' })
  })

  test('is not tried more often at once than the memory has room for', async () => {
    const measured = measureStep(step, { ...gpu, atOnce: 1e6 }, { worker })
    await expect(measured).rejects.toThrow(/^Trying 1000000 trainings at once of this model takes/)
  })

  test('may be cancelled', async () => {
    lose(Infinity, 'error')
    const stop = new AbortController()
    const measured = measureStep(step, { ...gpu, atOnce: 2 }, { worker, signal: stop.signal })
    stop.abort()
    await expect(measured).rejects.toMatchObject({ code: 'cancelled' })
  })
})
