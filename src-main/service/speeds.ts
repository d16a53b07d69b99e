/** How long steps of models take on the devices of this machine: measured once, then kept. */
import { z } from 'zod'
import { ErratumError } from '../errors.ts'
import type { DeviceName } from '../executors/devices.ts'
import { unlessCancelled } from '../jobs/unless-cancelled.ts'
import type { MeasuredOn } from '../pipeline/measure-step.ts'
import type { TypicalStep } from '../pipeline/typical-step.ts'
import { machineKey } from './machine.ts'
import { Stored } from './stored.ts'

/** Seconds; null where the step cannot be computed there. */
const speedsSchema = z.record(z.string(), z.number().nullable())

/** Seconds of one step; throws `cancelled`, or why it fails there. */
export type Measure = (
  step: TypicalStep,
  on: MeasuredOn,
  options: { signal: AbortSignal }
) => Promise<number>

export class Speeds {
  readonly #measureStep: Measure
  readonly #stored: Stored<Record<string, number | null>>
  /** Measurements follow one another. */
  #measuring: Promise<unknown> = Promise.resolve()
  readonly #closing = new AbortController()

  /** `path` is their file. */
  constructor(path: string, measure: Measure) {
    this.#measureStep = measure
    this.#stored = new Stored(path, speedsSchema, {})
  }

  /** Seconds of a step, where they were measured before; null where it has failed. */
  known(step: TypicalStep, on: MeasuredOn): number | null | undefined {
    return this.#stored.value[keyOf(step, on)]
  }

  /** Seconds of a step, measured unless they are known; null where it fails. */
  async measure(
    step: TypicalStep,
    on: MeasuredOn,
    signal: AbortSignal | undefined
  ): Promise<number | null> {
    const before = this.#measuring
    const stop = AbortSignal.any([this.#closing.signal, ...(signal ? [signal] : [])])
    const measured = (async () => {
      await unlessCancelled(before, stop)
      const known = this.known(step, on)
      if (known !== undefined) return known
      return this.#measureNow(step, on, stop)
    })()
    // One that is cancelled while it waits ends before the one that it waits for.
    this.#measuring = Promise.allSettled([before, measured])
    return measured
  }

  /** Notes that a step has failed, however long it took when it was measured. */
  noteFailure(step: TypicalStep, on: MeasuredOn): Promise<void> {
    return this.#note(step, on, null)
  }

  /** Forgets where steps have failed on a device, so that they are tried again. */
  async forgetFailures(device: DeviceName): Promise<void> {
    const all = Object.entries(this.#stored.value)
    const kept = all.filter(([key, seconds]) => seconds !== null || deviceOf(key) !== device)
    if (kept.length < all.length) await this.#stored.keep(Object.fromEntries(kept))
  }

  /** Stops what is measured; nothing of it is noted as failed. */
  async close(): Promise<void> {
    this.#closing.abort()
    await this.#measuring
  }

  async #measureNow(step: TypicalStep, on: MeasuredOn, signal: AbortSignal) {
    const seconds = await this.#attempt(step, on, signal)
    await this.#note(step, on, seconds)
    return seconds
  }

  #note(step: TypicalStep, on: MeasuredOn, seconds: number | null): Promise<void> {
    return this.#stored.keep({ ...this.#stored.value, [keyOf(step, on)]: seconds })
  }

  /** A device that cannot do it, or ends the process with it, has no time. */
  async #attempt(step: TypicalStep, on: MeasuredOn, signal: AbortSignal) {
    try {
      return await this.#measureStep(step, on, { signal })
    } catch (error) {
      const isCancelled = error instanceof ErratumError && error.code === 'cancelled'
      if (isCancelled || on.device === 'cpu') throw error
      return null
    }
  }
}

/** All that decides how long a step takes. */
function keyOf(
  { model, classes, settings, words, tokens }: TypicalStep,
  { device, operatorThreads, atOnce }: MeasuredOn
): string {
  const { batchSize, accumulation, dropout, frozenLayers, optimizer } = settings
  return JSON.stringify([
    ...[device, operatorThreads, atOnce, machineKey()],
    ...[model.name, model.sizes, classes, words, tokens],
    ...[batchSize, accumulation, dropout > 0, frozenLayers, optimizer.kind]
  ])
}

const deviceOf = (key: string) => (JSON.parse(key) as unknown[])[0]
