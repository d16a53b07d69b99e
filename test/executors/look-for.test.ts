import { describe, expect, it } from 'vitest'
import { lookFor } from '../../src-main/executors/look-for.ts'

const worker = new URL('failing-probe.ts', import.meta.url)

describe('a device that is looked for', () => {
  it.each([
    ['cuda', /^GPU \(CUDA\) did not start: A worker process ended .* \(exit code 7\)\.$/],
    ['dml', /^GPU \(DirectML\) did not start: TypeError: no such driver\.$/]
  ] as const)('is not there where its process dies or throws: %s', async (device, why) => {
    expect(await lookFor(device, { worker })).toEqual({
      found: false,
      why: expect.stringMatching(why) as string
    })
  })

  it.each(['coreml', 'webgpu'] as const)(
    'is not there where it gives no answer in time: %s',
    async (device) => {
      const probe = await lookFor(device, { worker, limitMs: 50 })
      expect(probe).toMatchObject({ found: false })
      expect(probe).toMatchObject({
        why: expect.stringContaining('did not answer within 0.05 seconds.') as string
      })
    }
  )

  it('may be cancelled', async () => {
    const stop = new AbortController()
    const looking = lookFor('webgpu', { worker, signal: stop.signal })
    stop.abort()
    await expect(looking).rejects.toMatchObject({ code: 'cancelled' })
  })

  it('is found by its own process in time', async () => {
    expect(await lookFor('cpu')).toEqual({ found: true })
  })
})
