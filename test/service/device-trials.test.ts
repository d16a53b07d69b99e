/** Looking for devices and measuring them, as far as it goes wrong; what is tried is written here. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { DeviceName } from '../../src-main/executors/devices.ts'
import { deviceNames, isPossible } from '../../src-main/executors/devices.ts'
import type { Trials } from '../../src-main/service/devices.ts'
import { Devices } from '../../src-main/service/devices.ts'
import { trainingPresets } from '../../src-main/training/presets.ts'

const folder = mkdtempSync(join(tmpdir(), 'erratum-trials-'))
let folders = 0

/** Names of files that are not there yet, in a folder of their own. */
const fresh = (under = join(folder, String(++folders))) => ({
  devices: join(under, 'devices.json'),
  speeds: join(under, 'speeds.json')
})

const sizes = { embedding: 8, filters: 4, firstWidth: 3, secondWidth: 3 }
const settings = { ...trainingPresets('text-cnn', false).adamw, batchSize: 4 }
const model = { name: 'text-cnn', sizes } as const
const step = { model, classes: 2, settings, words: 20, tokens: 16 }
const work = { step, sideBySide: false }

const gpu = deviceNames.find((device) => device !== 'cpu' && isPossible(device))!

/** A machine that has these devices beside the CPU, each as fast as it says, in seconds a step. */
function machine(seconds: Partial<Record<DeviceName, number>>): Trials {
  return {
    look: (device) =>
      Promise.resolve(
        device in seconds ? { found: true } : { found: false, why: 'It is not here.' }
      ),
    measure: (_, { device }) => Promise.resolve(seconds[device]!)
  }
}

afterAll(() => rmSync(folder, { recursive: true }))

describe('a data folder that cannot be written', () => {
  it('does not keep the fastest device from being found', async () => {
    const file = join(folder, 'no-folder')
    writeFileSync(file, '')
    const devices = new Devices(fresh(file), machine({ cpu: 2, [gpu]: 1 }))
    expect(await devices.choose('auto', work)).toBe(gpu)
    expect([devices.known('cpu', work), devices.known(gpu, work)]).toEqual([2, 1])
  })
})
