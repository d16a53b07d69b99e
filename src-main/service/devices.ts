/** Which devices this machine has, and which of them is to compute a piece of work. */
import { z } from 'zod'
import { ErratumError } from '../errors.ts'
import type { DeviceChoice, DeviceName, DeviceUse } from '../executors/devices.ts'
import { deviceNames, isPossible } from '../executors/devices.ts'
import { lookFor } from '../executors/look-for.ts'
import type { Probe } from '../executors/probe.ts'
import { probeDevice, probeSchema } from '../executors/probe.ts'
import type { ChoiceOptions, PlannedWork } from '../pipeline/job.ts'
import { measureStep } from '../pipeline/measure-step.ts'
import { bestUse, measuredOn, useOf } from './best-use.ts'
import { machineKey } from './machine.ts'
import { SharedWork } from './shared-work.ts'
import type { Measure } from './speeds.ts'
import { Speeds } from './speeds.ts'
import { Stored } from './stored.ts'

const foundSchema = z.object({
  machine: z.string(),
  /** `at`: when it was looked for, in milliseconds since 1970. */
  probes: z.partialRecord(z.enum(deviceNames), probeSchema.and(z.object({ at: z.number() })))
})

type Found = z.infer<typeof foundSchema>

/** How long a device that is not there is taken for missing: a driver may be installed meanwhile. */
const missingMs = 24 * 60 * 60 * 1000

/** Looks for a device and measures a step on one, each in workers of its own. */
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
    this.#found = new Stored(files.devices, foundSchema, { machine: machineKey(), probes: {} })
    this.speeds = new Speeds(files.speeds, trials.measure)
  }

  /** Looks for a device, or tells what was found before. */
  async probe(device: DeviceName, signal?: AbortSignal): Promise<Probe> {
    return this.#kept(device) ?? this.#search(device, signal)
  }

  /** Looks for a device, whatever was found before, and forgets which steps have failed there. */
  async look(device: DeviceName, signal?: AbortSignal): Promise<Probe> {
    const probe = await this.#search(device, signal)
    await this.speeds.forgetFailures(device)
    return probe
  }

  /** Stops what is looked for and measured, as if it had not been begun. */
  async close(): Promise<void> {
    const searches = Array.from(this.#searches.values(), (search) => search.stop())
    await Promise.all([...searches, this.speeds.close()])
  }

  /**
   * The device for a piece of work: the one that was chosen, which must be there (`bad-argument`
   * says why it is not and what to do), or the fastest of all. How it is used best, and which is the
   * fastest, is found by a few steps the first time.
   */
  async choose(
    choice: DeviceChoice,
    work: PlannedWork,
    options: ChoiceOptions = {}
  ): Promise<DeviceUse> {
    if (choice === 'auto') return this.#measured(await this.#candidates(options), work, options)
    await this.#require(choice, options)
    return isOneAtOnce(work) ? useOf(choice, work) : this.#measured([choice], work, options)
  }

  /**
   * Notes that a job has failed with several trainings at once, which the typical batch that was
   * measured need not tell: the next takes fewer.
   */
  async noteFailure({ device, atOnce = 1 }: DeviceUse, work: PlannedWork): Promise<void> {
    if (atOnce > 1) await this.speeds.noteFailure(work.step, measuredOn(device, work, atOnce))
  }

  /** What `choose` would take, where nothing has to be looked for or measured to tell. */
  foreseen(choice: DeviceChoice, work: PlannedWork): DeviceUse | undefined {
    if (choice !== 'auto') {
      return isOneAtOnce(work) ? useOf(choice, work) : this.#known([choice], work)
    }
    const candidates: DeviceName[] = []
    for (const device of deviceNames.filter(isPossible)) {
      const probe = this.#kept(device)
      if (!probe) return undefined
      if (isCandidate(probe)) candidates.push(device)
    }
    return this.#known(candidates, work)
  }

  /** Seconds of a step of the work on a device; null where it has failed, undefined if not measured. */
  known(device: DeviceName, work: PlannedWork): number | null | undefined {
    return this.speeds.known(work.step, measuredOn(device, work))
  }

  /** Seconds of a step on the device of a choice, measured unless they are known. */
  async measure(choice: DeviceChoice, work: PlannedWork, options: ChoiceOptions) {
    const { device } = await this.choose(choice, work, options)
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
    if (device === 'cpu') return { found: true }
    const kept = this.#onThisMachine().probes[device]
    if (!kept) return undefined
    const { at, ...probe } = kept
    return probe.found || Date.now() - at < missingMs ? probe : undefined
  }

  /** Whoever asks while a device is looked for gets the same answer. */
  async #search(device: DeviceName, signal: AbortSignal | undefined): Promise<Probe> {
    if (device === 'cpu') return { found: true }
    // Nothing has to be started to tell that.
    if (!isPossible(device)) return probeDevice(device)
    const last = this.#searches.get(device)
    if (last?.isWanted) return last.result(signal)
    const search = new SharedWork(async (stop) => {
      await last?.stop()
      const probe = await this.#trials.look(device, { signal: stop })
      const found = this.#onThisMachine()
      const probes = { ...found.probes, [device]: { ...probe, at: Date.now() } }
      await this.#found.keep({ ...found, probes })
      return probe
    })
    this.#searches.set(device, search)
    return search.result(signal)
  }

  #onThisMachine(): Found {
    const machine = machineKey()
    const found = this.#found.value
    return found.machine === machine ? found : { machine, probes: {} }
  }

  async #require(device: DeviceName, { signal }: ChoiceOptions): Promise<void> {
    // One that was missing may be there by now.
    const probe = this.#kept(device)?.found
      ? ({ found: true } as const)
      : await this.#search(device, signal)
    if (probe.found) return
    throw new ErratumError(
      'bad-argument',
      `This machine cannot compute on ${device}. ${probe.why} Give --device cpu or --device auto, or ` +
        'choose another device in the Settings; erratum devices lists what is here.'
    )
  }

  async #candidates({ signal }: ChoiceOptions): Promise<DeviceName[]> {
    const candidates: DeviceName[] = []
    for (const device of deviceNames.filter(isPossible)) {
      if (isCandidate(await this.probe(device, signal))) candidates.push(device)
    }
    return candidates
  }

  /** The best use of devices, by as many measurements as it takes to tell. */
  async #measured(
    candidates: readonly DeviceName[],
    work: PlannedWork,
    { signal, onMeasure }: ChoiceOptions
  ): Promise<DeviceUse> {
    for (;;) {
      const known = this.#best(candidates, work)
      if ('use' in known) return known.use
      onMeasure?.()
      await this.speeds.measure(work.step, known.missing, signal)
    }
  }

  #known(candidates: readonly DeviceName[], work: PlannedWork): DeviceUse | undefined {
    const known = this.#best(candidates, work)
    return 'use' in known ? known.use : undefined
  }

  #best(candidates: readonly DeviceName[], work: PlannedWork): ReturnType<typeof bestUse> {
    // Nothing is to be measured where there is nothing to choose.
    if (candidates.length === 1 && candidates[0] === 'cpu') return { use: useOf('cpu', work) }
    return bestUse(candidates, work, (on) => this.speeds.known(work.step, on))
  }
}

/** Whether `auto` may choose a device. What is known to be slow would take long to be measured. */
function isCandidate(probe: Probe): boolean {
  return probe.found && !probe.remark
}

/** Whether there is nothing to choose on a GPU. */
function isOneAtOnce({ sideBySide, threads }: PlannedWork): boolean {
  return !sideBySide || threads === 1
}
