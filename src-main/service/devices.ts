/** Which devices this machine has, and which of them is to compute a piece of work. */
import { availableParallelism } from 'node:os'
import { z } from 'zod'
import { ErratumError } from '../errors.ts'
import type { DeviceChoice, DeviceName } from '../executors/devices.ts'
import { deviceNames, devices, isPossible } from '../executors/devices.ts'
import { gpuTurns } from '../executors/gpu-turns.ts'
import { lookFor } from '../executors/look-for.ts'
import type { Probe } from '../executors/probe.ts'
import { probeDevice, probeSchema } from '../executors/probe.ts'
import { measureStep } from '../pipeline/expect-training.ts'
import type { ChoiceOptions, PlannedWork } from '../pipeline/job.ts'
import { threadsFor } from '../pipeline/train.ts'
import { machineKey } from './machine.ts'
import type { Measure } from './speeds.ts'
import { SharedWork } from './shared-work.ts'
import { Speeds } from './speeds.ts'
import { Stored } from './stored.ts'

const foundSchema = z.object({
  machine: z.string(),
  probes: z.partialRecord(z.enum(deviceNames), probeSchema),
  /** Devices that are being looked for; where no process does, one has ended with it. */
  begun: z.array(z.enum(deviceNames)).default([])
})

type Found = z.infer<typeof foundSchema>

/** Looks for a device and measures a step on one, each in a thread of its own. */
export interface Trials {
  look(device: DeviceName, options: { signal: AbortSignal }): Promise<Probe>
  measure: Measure
}

export class Devices {
  readonly speeds: Speeds
  readonly #trials: Trials
  readonly #found: Stored<Found>
  /** Those that this process looks for, or did the last time. */
  readonly #searches = new Map<DeviceName, SharedWork<Probe>>()

  /** Where both are kept; another machine with the same home finds nothing of this one. */
  constructor(
    files: { devices: string; speeds: string },
    trials: Trials = { look: lookFor, measure: measureStep }
  ) {
    this.#trials = trials
    const machine = machineKey()
    this.#found = new Stored(files.devices, foundSchema, { machine, probes: {}, begun: [] })
    this.speeds = new Speeds(files.speeds, trials.measure)
  }

  /** Looks for a device, or tells what was found before. */
  async probe(device: DeviceName, signal?: AbortSignal): Promise<Probe> {
    return this.#kept(device) ?? this.look(device, signal)
  }

  /**
   * Looks for a device, whatever was found before, and forgets which steps have failed there. While a
   * job computes on a GPU no other thread may, so it tells just what is known.
   */
  async look(device: DeviceName, signal?: AbortSignal): Promise<Probe> {
    if (!gpuTurns.isForJob || device === 'cpu' || !isPossible(device)) {
      const probe = await this.#lookInTurn(device, signal)
      await this.speeds.forgetFailures(device)
      return probe
    }
    const why = `${devices[device].title} is not looked for while a job computes on a GPU. Look again after it.`
    return this.#kept(device) ?? { found: false, why }
  }

  /** Whoever asks while a device is looked for gets the same answer. */
  async #lookInTurn(device: DeviceName, signal: AbortSignal | undefined): Promise<Probe> {
    if (device === 'cpu') return { found: true }
    // Nothing has to be started to tell that.
    if (!isPossible(device)) return probeDevice(device)
    const last = this.#searches.get(device)
    if (last?.isWanted) return last.result(signal)
    const search = new SharedWork(async (stop) => {
      await last?.stop()
      const turn = { isJob: false, signal: stop }
      return gpuTurns.take(turn, () => this.#search(device, stop))
    })
    this.#searches.set(device, search)
    return search.result(signal)
  }

  /** Stops what is looked for and measured, as if it had not been begun. */
  async close(): Promise<void> {
    const searches = Array.from(this.#searches.values(), (search) => search.stop())
    await Promise.all([...searches, this.speeds.close()])
  }

  /**
   * The device for a piece of work: the one that was chosen, which must be there (`bad-argument`
   * says why it is not and what to do), or the fastest of all, found by a few steps the first time.
   */
  async choose(
    choice: DeviceChoice,
    work: PlannedWork,
    options: ChoiceOptions = {}
  ): Promise<DeviceName> {
    if (choice === 'cpu') return choice
    return choice === 'auto' ? this.#fastest(work, options) : this.#required(choice, options)
  }

  /** What `choose` would take, where nothing has to be looked for or measured to tell. */
  foreseen(choice: DeviceChoice, work: PlannedWork): DeviceName | undefined {
    if (choice !== 'auto') return choice
    const candidates: DeviceName[] = []
    for (const device of deviceNames.filter(isPossible)) {
      const probe = device === 'cpu' ? ({ found: true } as const) : this.#kept(device)
      if (!probe) return undefined
      if (isCandidate(probe)) candidates.push(device)
    }
    if (candidates.length === 1) return 'cpu'
    const times = candidates.map((device) => this.known(device, work))
    return times.includes(undefined) ? undefined : fastestOf(candidates, times, work)
  }

  /** Seconds of a step of the work on a device; null where it has failed, undefined if not measured. */
  known(device: DeviceName, work: PlannedWork): number | null | undefined {
    return this.speeds.known(work.step, measuredOn(device, work))
  }

  /** Seconds of a step on the device of a choice, measured unless they are known. */
  async measure(choice: DeviceChoice, work: PlannedWork, options: ChoiceOptions) {
    const device = await this.choose(choice, work, options)
    return this.speeds.measure(work.step, measuredOn(device, work), options.signal)
  }

  /** The same where nothing may be measured now; null where they are not known. */
  leastKnown(choice: DeviceChoice, work: PlannedWork): number | null {
    const candidates = choice === 'auto' ? deviceNames : [choice]
    const known = candidates.map((device) => this.known(device, work) ?? Infinity)
    const least = Math.min(...known)
    return least < Infinity ? least : null
  }

  /** What was found of a device on this machine, as far as it is known. */
  #kept(device: DeviceName): Probe | undefined {
    const { probes, begun } = this.#known()
    // One that this process looks for is known as it was before.
    if (!begun.includes(device) || this.#searches.has(device)) return probes[device]
    const why = `Erratum ended when it looked for ${devices[device].title} the last time. Update its driver.`
    return { found: false, why }
  }

  /** Its driver may end the whole process: that is noted first, and undone where nothing came of it. */
  async #search(device: DeviceName, signal: AbortSignal): Promise<Probe> {
    const begun = () => this.#known().begun.filter((each) => each !== device)
    await this.#note({ begun: [...begun(), device] })
    let found: Partial<Record<DeviceName, Probe>> = {}
    try {
      const probe = await this.#trials.look(device, { signal })
      found = { [device]: probe }
      return probe
    } finally {
      await this.#note({ begun: begun(), probes: { ...this.#known().probes, ...found } })
    }
  }

  #known(): Found {
    const machine = machineKey()
    const found = this.#found.value
    return found.machine === machine ? found : { machine, probes: {}, begun: [] }
  }

  #note(change: Partial<Found>): Promise<void> {
    return this.#found.keep({ ...this.#known(), ...change })
  }

  async #required(device: DeviceName, { signal }: ChoiceOptions): Promise<DeviceName> {
    // It may be there by now.
    const probe = this.#kept(device)?.found
      ? ({ found: true } as const)
      : await this.#lookInTurn(device, signal)
    if (probe.found) return device
    throw new ErratumError(
      'bad-argument',
      `This machine cannot compute on ${device}. ${probe.why} Give --device cpu or --device auto, or ` +
        'choose another device in the Settings; erratum devices lists what is here.'
    )
  }

  async #fastest(work: PlannedWork, { signal, onMeasure }: ChoiceOptions): Promise<DeviceName> {
    const candidates: DeviceName[] = []
    for (const device of deviceNames) {
      if (!isPossible(device)) continue
      if (isCandidate(await this.probe(device, signal))) candidates.push(device)
    }
    // Nothing is to be measured where there is nothing to choose.
    if (candidates.length === 1) return 'cpu'
    const times: (number | null)[] = []
    for (const device of candidates) {
      const on = measuredOn(device, work)
      if (this.speeds.known(work.step, on) === undefined) onMeasure?.()
      times.push(await this.speeds.measure(work.step, on, signal))
    }
    return fastestOf(candidates, times, work)
  }
}

/** Whether `auto` may choose a device. What is known to be slow would take long to be measured. */
function isCandidate(probe: Probe): boolean {
  return probe.found && !probe.remark
}

/** The fastest by the seconds of a step on each; one without has failed. */
function fastestOf(
  candidates: readonly DeviceName[],
  times: readonly (number | null | undefined)[],
  work: PlannedWork
): DeviceName {
  let fastest: DeviceName = 'cpu'
  let least = Infinity
  candidates.forEach((device, i) => {
    const each = (times[i] ?? Infinity) / atOnce(device, work)
    if (each < least) [fastest, least] = [device, each]
  })
  return fastest
}

/** How the work is measured on a device. */
export function measuredOn(device: DeviceName, { step, sideBySide }: PlannedWork) {
  return { device, operatorThreads: sideBySide ? 1 : threadsFor(step.model.name) }
}

/**
 * Trainings that a device does in the time of one. It does not depend on how many are wanted now: one
 * more round must not be computed elsewhere than those before.
 */
function atOnce(device: DeviceName, { sideBySide }: PlannedWork): number {
  return device === 'cpu' && sideBySide ? availableParallelism() : 1
}
