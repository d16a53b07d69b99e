/**
 * Which device computes. What is tried depends on what the machine has: without a GPU, and in vitest's
 * project `gpu` with one in software.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { DeviceName } from '../../src-main/executors/devices.ts'
import { deviceNames, isPossible } from '../../src-main/executors/devices.ts'
import { probeDevice } from '../../src-main/executors/probe.ts'
import { measuredOn } from '../../src-main/service/best-use.ts'
import { Devices } from '../../src-main/service/devices.ts'
import { trainingPresets } from '../../src-main/training/presets.ts'

const folder = mkdtempSync(join(tmpdir(), 'erratum-devices-'))
let files = 0

/** Names of files that are not there yet. */
const fresh = () => {
  const names = { devices: `devices-${++files}.json`, speeds: `speeds-${files}.json` }
  return { devices: join(folder, names.devices), speeds: join(folder, names.speeds) }
}

const sizes = { embedding: 8, filters: 4, firstWidth: 3, secondWidth: 3 }
const settings = { ...trainingPresets('text-cnn', false).adamw, batchSize: 4 }
const step = {
  model: { name: 'text-cnn', sizes },
  classes: 2,
  settings,
  words: 20,
  tokens: 16
} as const
const work = { step, sideBySide: false, threads: 2 }

const found: DeviceName[] = []
/** Those that `auto` chooses from: not what is known to be slow. */
const candidates: DeviceName[] = []
for (const device of deviceNames) {
  const probe = await probeDevice(device)
  if (!probe.found) continue
  found.push(device)
  if (!probe.remark) candidates.push(device)
}
const missing = deviceNames.filter((device) => !found.includes(device))

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the device that computes', { timeout: 120_000 }, () => {
  test(`is the fastest of ${candidates.join(', ')}, measured where there is a choice, and once`, async () => {
    const names = fresh()
    const devices = new Devices(names)
    let measurements = 0
    const onMeasure = () => void measurements++
    expect(devices.foreseen('auto', work)).toBeUndefined()
    const chosen = await devices.choose('auto', work, { onMeasure })
    const times = candidates.map((device) => devices.known(device, work))
    if (candidates.length === 1) {
      expect([chosen.device, measurements, times]).toEqual(['cpu', 0, [undefined]])
    } else {
      expect(measurements).toBe(candidates.length)
      for (const time of times) expect(time).toBeGreaterThan(0)
      expect(devices.known(chosen.device, work)).toBe(Math.min(...(times as number[])))
    }
    const later = new Devices(names)
    expect(await later.choose('auto', work, { onMeasure: () => expect.unreachable() })).toEqual(
      chosen
    )
    expect(await later.measure('auto', work, {})).toBeGreaterThan(0)
    expect(later.foreseen('auto', work)).toEqual(chosen)
    expect(later.leastKnown('auto', work)).toBe(later.known(chosen.device, work))
  })

  test.each(found)('may be %s by hand, without any measurement', async (device) => {
    const devices = new Devices(fresh())
    const onMeasure = () => expect.unreachable()
    const use = { device, atOnce: 1 }
    expect(await devices.choose(device, work, { onMeasure })).toEqual(use)
    expect(devices.known(device, work)).toBeUndefined()
    expect(devices.foreseen(device, work)).toEqual(use)
  })

  test.each(missing)('cannot be %s, which is not here: that says why', async (device) => {
    const devices = new Devices(fresh())
    const probe = await probeDevice(device)
    const { why } = probe as { why: string }
    await expect(devices.choose(device, work)).rejects.toMatchObject({ code: 'bad-argument' })
    await expect(devices.choose(device, work)).rejects.toThrow(`compute on ${device}. ${why} Give`)
  })

  test.each(missing.filter(isPossible))(
    'has no time where %s fails, and is not tried again',
    async (device) => {
      const names = fresh()
      const on = measuredOn(device, work)
      expect(await new Devices(names).speeds.measure(step, on, undefined)).toBeNull()
      expect(new Devices(names).known(device, work)).toBeNull()
    }
  )

  test('is not measured once that was cancelled, and may be later', async () => {
    const devices = new Devices(fresh())
    const signal = AbortSignal.abort()
    const measured = devices.measure('cpu', work, { signal })
    await expect(measured).rejects.toMatchObject({ code: 'cancelled' })
    expect(devices.known('cpu', work)).toBeUndefined()
    expect(await devices.measure('cpu', work, {})).toBeGreaterThan(0)
  })
})
