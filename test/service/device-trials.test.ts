/** Looking for devices and measuring them, as far as it goes wrong; what is tried is written here. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { afterAll, describe, expect, it, vi } from 'vitest'
import type { DeviceName } from '../../src-main/executors/devices.ts'
import { deviceNames, isPossible } from '../../src-main/executors/devices.ts'
import { ErratumError } from '../../src-main/errors.ts'
import type { Probe } from '../../src-main/executors/probe.ts'
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
const work = { step, sideBySide: false, threads: 2 }

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

/** A machine whose answers come when the test gives them, and what has been asked of it. */
function slowMachine() {
  const asked: { device: DeviceName; answer(probe: Probe): void }[] = []
  const trials: Trials = {
    look: (device, { signal }) =>
      new Promise((resolve, reject) => {
        asked.push({ device, answer: resolve })
        signal.addEventListener('abort', () => reject(new ErratumError('cancelled', 'Cancelled.')))
      }),
    measure: () => Promise.resolve(1)
  }
  return { trials, asked, isAsked: (times: number) => expect.poll(() => asked.length).toBe(times) }
}

afterAll(() => rmSync(folder, { recursive: true }))

describe('a data folder that cannot be written', () => {
  it('does not keep the fastest device from being found', async () => {
    const file = join(folder, 'no-folder')
    writeFileSync(file, '')
    const devices = new Devices(fresh(file), machine({ cpu: 2, [gpu]: 1 }))
    expect(await devices.choose('auto', work)).toEqual({ device: gpu, atOnce: 1 })
    expect([devices.known('cpu', work), devices.known(gpu, work)]).toEqual([2, 1])
  })
})

describe('a step that fails on a device', () => {
  const failing = { ...machine({ cpu: 1, [gpu]: 1 }), measure: () => Promise.reject(new Error()) }

  it('is known to fail until the device is looked for again', async () => {
    const devices = new Devices(fresh(), failing)
    expect(await devices.measure(gpu, work, {})).toBe(null)
    expect(devices.known(gpu, work)).toBe(null)
    await devices.look(gpu)
    expect(devices.known(gpu, work)).toBe(undefined)
  })

  it('is none where Erratum ends while it is measured', async () => {
    const names = fresh()
    let isBegun = false
    const measure: Trials['measure'] = (_step, _on, { signal }) =>
      new Promise((_, reject) => {
        isBegun = true
        const cancelled = new ErratumError('cancelled', 'Cancelled.')
        signal.addEventListener('abort', () => reject(cancelled))
      })
    const devices = new Devices(names, { ...failing, measure })
    const measured = devices.measure(gpu, work, {})
    await expect.poll(() => isBegun).toBe(true)
    await Promise.all([
      devices.close(),
      expect(measured).rejects.toMatchObject({ code: 'cancelled' })
    ])
    expect(devices.known(gpu, work)).toBe(undefined)
    expect(existsSync(names.speeds)).toBe(false)
  })
})

describe('measurements', () => {
  it('follow one another, also where one that waits is cancelled', async () => {
    const answers: (() => void)[] = []
    const measure: Trials['measure'] = () =>
      new Promise((resolve) => answers.push(() => resolve(1)))
    const devices = new Devices(fresh(), { ...machine({ [gpu]: 1 }), measure })
    const other = (words: number) => ({ ...work, step: { ...step, words } })
    await devices.look(gpu)
    const first = devices.measure(gpu, work, {})
    await expect.poll(() => answers.length).toBe(1)
    const stop = new AbortController()
    const second = devices.measure(gpu, other(21), { signal: stop.signal })
    const third = devices.measure(gpu, other(22), {})
    stop.abort()
    await expect(second).rejects.toMatchObject({ code: 'cancelled' })
    await setImmediate()
    expect(answers.length).toBe(1)
    answers[0]!()
    expect(await first).toBe(1)
    await expect.poll(() => answers.length).toBe(2)
    answers[1]!()
    expect(await third).toBe(1)
  })
})

describe('a device that is being looked for', () => {
  const cancelled = { code: 'cancelled' }

  it('is looked for once, and all who ask get what comes of it', async () => {
    const { trials, asked, isAsked } = slowMachine()
    const devices = new Devices(fresh(), trials)
    const answers = [devices.look(gpu), devices.probe(gpu), devices.choose(gpu, work)]
    await isAsked(1)
    const late = devices.probe(gpu)
    asked[0]!.answer({ found: true })
    expect(await Promise.all([...answers, late])).toEqual([
      ...[{ found: true }, { found: true }, { device: gpu, atOnce: 1 }, { found: true }]
    ])
    expect(asked.length).toBe(1)
  })

  it('goes on while somebody waits for it, and is looked for anew after that', async () => {
    const { trials, asked, isAsked } = slowMachine()
    const devices = new Devices(fresh(), trials)
    const [first, second] = [new AbortController(), new AbortController()]
    const one = devices.look(gpu, first.signal)
    const two = devices.look(gpu, second.signal)
    await isAsked(1)
    first.abort()
    await expect(one).rejects.toMatchObject(cancelled)
    second.abort()
    await expect(two).rejects.toMatchObject(cancelled)
    const again = devices.look(gpu)
    await isAsked(2)
    asked[1]!.answer({ found: true })
    expect(await again).toEqual({ found: true })
  })

  it('is not taken for missing once Erratum was closed meanwhile', async () => {
    const names = fresh()
    const { trials, isAsked } = slowMachine()
    const devices = new Devices(names, trials)
    const looking = devices.look(gpu)
    await isAsked(1)
    await Promise.all([devices.close(), expect(looking).rejects.toMatchObject(cancelled)])
    expect(await new Devices(names, machine({ [gpu]: 1 })).probe(gpu)).toEqual({ found: true })
  })

  it('is taken for missing for a day, and for found until somebody looks again', async () => {
    const names = fresh()
    const day = 24 * 60 * 60 * 1000
    vi.useFakeTimers({ toFake: ['Date'] })
    try {
      await new Devices(names, machine({})).probe(gpu)
      const later = new Devices(names, machine({ [gpu]: 1 }))
      vi.setSystemTime(Date.now() + day - 1)
      expect(await later.probe(gpu)).toMatchObject({ found: false })
      vi.setSystemTime(Date.now() + 1)
      expect(await later.probe(gpu)).toEqual({ found: true })
      vi.setSystemTime(Date.now() + 2 * day)
      const latest = new Devices(names, machine({}))
      expect(await latest.probe(gpu)).toEqual({ found: true })
      expect(await latest.look(gpu)).toMatchObject({ found: false })
    } finally {
      vi.useRealTimers()
    }
  })
})

describe('trainings side by side on a GPU', () => {
  const rounds = { ...work, sideBySide: true, threads: 4 }

  /** A GPU whose steps take so many seconds where 1, 2 and 4 trainings share it. */
  function sharing(...seconds: (number | null)[]) {
    const asked: number[] = []
    const trials: Trials = {
      ...machine({ [gpu]: 1 }),
      measure(_, { atOnce }) {
        asked.push(atOnce)
        const each = seconds[Math.log2(atOnce)]!
        return each === null ? Promise.reject(new Error('out of memory')) : Promise.resolve(each)
      }
    }
    return { devices: new Devices(fresh(), trials), asked }
  }

  it.each([
    ['as many as pay', [1, 1.2, 1.5], 4],
    ['no more than pay', [1, 1.2, 2.3], 2],
    ['one, where two take as long', [1, 2, 4], 1],
    ['no more than fit', [1, 1.2, null], 2],
    ['one, where even that has failed', [null], 1]
  ])('are %s', async (_case, seconds, atOnce) => {
    const { devices, asked } = sharing(...seconds)
    expect(devices.foreseen(gpu, rounds)).toBeUndefined()
    expect(await devices.choose(gpu, rounds)).toEqual({ device: gpu, atOnce })
    const tried = asked.length
    expect(await devices.choose(gpu, rounds)).toEqual({ device: gpu, atOnce })
    expect(devices.foreseen(gpu, rounds)).toEqual({ device: gpu, atOnce })
    expect(asked.length).toBe(tried)
  })

  it('are fewer once a job has failed with so many', async () => {
    const { devices } = sharing(1, 1.2, 1.5)
    const use = await devices.choose(gpu, rounds)
    await devices.noteFailure(use, rounds)
    expect(await devices.choose(gpu, rounds)).toEqual({ device: gpu, atOnce: 2 })
    await devices.noteFailure({ device: gpu, atOnce: 1 }, rounds)
    expect(devices.known(gpu, rounds)).toBe(1)
  })

  it('are no more than there are threads for', async () => {
    const { devices, asked } = sharing(1, 1, 1)
    const use = await devices.choose(gpu, { ...rounds, threads: 2 })
    expect(use).toEqual({ device: gpu, atOnce: 2 })
    expect(asked).toEqual([1, 2])
  })

  it('are not tried for a single training, nor with a single thread', async () => {
    const { devices, asked } = sharing(1)
    expect(await devices.choose(gpu, work)).toEqual({ device: gpu, atOnce: 1 })
    const one = { ...rounds, threads: 1 }
    expect(await devices.choose(gpu, one)).toEqual({ device: gpu, atOnce: 1 })
    expect(devices.foreseen(gpu, one)).toEqual({ device: gpu, atOnce: 1 })
    expect(asked).toEqual([])
  })
})
