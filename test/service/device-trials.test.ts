/** Looking for devices and measuring them, as far as it goes wrong; what is tried is written here. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import type { DeviceName } from '../../src-main/executors/devices.ts'
import { deviceNames, isPossible } from '../../src-main/executors/devices.ts'
import { ErratumError } from '../../src-main/errors.ts'
import { gpuTurns } from '../../src-main/executors/gpu-turns.ts'
import type { Probe } from '../../src-main/executors/probe.ts'
import type { WorkerData } from '../../src-main/pipeline/worker.ts'
import { runTasks } from '../../src-main/pipeline/workspace.ts'
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
    expect(await devices.choose('auto', work)).toBe(gpu)
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

  it('is none while it is measured, nor when Erratum ends meanwhile', async () => {
    const names = fresh()
    let isBegun = false
    const measure: Trials['measure'] = (_step, _on, signal) =>
      new Promise((_, reject) => {
        isBegun = true
        const cancelled = new ErratumError('cancelled', 'Cancelled.')
        signal!.addEventListener('abort', () => reject(cancelled))
      })
    const devices = new Devices(names, { ...failing, measure })
    const measured = devices.measure(gpu, work, {})
    await expect.poll(() => isBegun).toBe(true)
    expect(devices.known(gpu, work)).toBe(undefined)
    expect(Object.values(JSON.parse(readFileSync(names.speeds, 'utf8')))).toEqual([null])
    await Promise.all([
      devices.close(),
      expect(measured).rejects.toMatchObject({ code: 'cancelled' })
    ])
    expect(Object.values(JSON.parse(readFileSync(names.speeds, 'utf8')))).toEqual([])
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
      ...[{ found: true }, { found: true }, gpu, { found: true }]
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

  it('is not looked for again by itself once Erratum has ended with it', async () => {
    const names = fresh()
    const { trials, isAsked } = slowMachine()
    const devices = new Devices(names, trials)
    const looking = devices.look(gpu)
    await isAsked(1)
    const left = readFileSync(names.devices)
    await Promise.all([devices.close(), expect(looking).rejects.toMatchObject(cancelled)])
    writeFileSync(names.devices, left)
    const later = new Devices(names, machine({ [gpu]: 1 }))
    expect(await later.probe(gpu)).toMatchObject({
      found: false,
      why: expect.stringContaining('Erratum ended when it looked for') as string
    })
    expect(await later.look(gpu)).toEqual({ found: true })
    expect(await later.probe(gpu)).toEqual({ found: true })
  })
})

describe('what computes on a GPU', () => {
  /** A job that computes on one until the test ends it. */
  function job() {
    let end!: () => void
    const ended = new Promise<void>((resolve) => (end = resolve))
    void gpuTurns.take({ isJob: true, signal: undefined }, () => ended)
    return { end }
  }

  it('is a job alone: what is looked for meanwhile is told as it is kept', async () => {
    const { trials, asked } = slowMachine()
    const names = fresh()
    expect(await new Devices(names, machine({ [gpu]: 1 })).look(gpu)).toEqual({ found: true })
    const [kept, empty] = [new Devices(names, trials), new Devices(fresh(), trials)]
    const { end } = job()
    expect(await kept.look(gpu)).toEqual({ found: true })
    expect(await empty.look(gpu)).toMatchObject({
      found: false,
      why: expect.stringContaining('is not looked for while a job computes on a GPU.') as string
    })
    expect(asked.length).toBe(0)
    end()
  })

  it('is a measurement once the job has ended', async () => {
    const order: string[] = []
    const measure = () => Promise.resolve(order.push('measured'))
    const devices = new Devices(fresh(), { ...machine({ [gpu]: 1 }), measure })
    await devices.look(gpu)
    const { end } = job()
    const measured = devices.measure(gpu, work, {})
    await setImmediate()
    order.push('job ended')
    end()
    await measured
    expect(order).toEqual(['job ended', 'measured'])
  })

  it('is a job once a measurement has ended, unless it is cancelled before', async () => {
    const order: string[] = []
    let end!: () => void
    const measuring = new Promise<void>((resolve) => (end = resolve))
    void gpuTurns.take({ isJob: false, signal: undefined }, () => measuring)
    const data = { device: gpu } as WorkerData
    const tasks = [{ kind: 'round', key: '', seed: 1, edits: [] }] as const
    const worker = new URL('none.ts', import.meta.url)
    const stop = new AbortController()
    const run = (signal?: AbortSignal) =>
      runTasks<'round'>(data, tasks, { threads: 1, worker, signal }, () => undefined)
    const first = run().catch(() => order.push('job started'))
    const second = run(stop.signal)
    stop.abort()
    await expect(second).rejects.toMatchObject({ code: 'cancelled' })
    order.push('measured')
    end()
    await first
    expect(order).toEqual(['measured', 'job started'])
  })
})
