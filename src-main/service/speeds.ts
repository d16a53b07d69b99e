/** How long steps of models take on the devices of this machine: measured once, then kept. */
import { z } from 'zod'
import { ErratumError, throwIfCancelled } from '../errors.ts'
import type { DeviceName } from '../executors/devices.ts'
import { gpuTurns } from '../executors/gpu-turns.ts'
import type { MeasuredOn } from '../pipeline/expect-training.ts'
import type { TypicalStep } from '../pipeline/typical-step.ts'
import { machineKey } from './machine.ts'
import { Stored } from './stored.ts'

/** Seconds; null where the step cannot be computed there. */
const speedsSchema = z.record(z.string(), z.number().nullable())

/** Seconds of one step; throws `cancelled`, or why it fails there. */
export type Measure = (step: TypicalStep, on: MeasuredOn, signal?: AbortSignal) => Promise<number>

export class Speeds {
  readonly #measureStep: Measure
  readonly #stored: Stored<Record<string, number | null>>
  /** Measurements follow one another. */
  #measuring: Promise<unknown> = Promise.resolve()
  /** Keys of what is measured now; it is noted as failed until then. */
  readonly #underWay = new Set<string>()
  readonly #closing = new AbortController()

  /** `path` is their file. */
  constructor(path: string, measure: Measure) {
    this.#measureStep = measure
    this.#stored = new Stored(path, speedsSchema, {})
  }

  /** Seconds of a step, where they were measured before; null where it has failed. */
  known(step: TypicalStep, on: MeasuredOn): number | null | undefined {
    const key = keyOf(step, on)
    return this.#underWay.has(key) ? undefined : this.#stored.value[key]
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
      await before.catch(() => undefined)
      throwIfCancelled(stop)
      const known = this.known(step, on)
      if (known !== undefined) return known
      const measureNow = () => this.#measureNow(step, on, stop)
      if (on.device === 'cpu') return measureNow()
      return gpuTurns.take({ isJob: false, signal: stop }, measureNow)
    })()
    this.#measuring = measured
    return measured
  }

  /** Forgets where steps have failed on a device, so that they are tried again. */
  async forgetFailures(device: DeviceName): Promise<void> {
    const all = Object.entries(this.#stored.value)
    const kept = all.filter(
      ([key, seconds]) => seconds !== null || deviceOf(key) !== device || this.#underWay.has(key)
    )
    if (kept.length < all.length) await this.#stored.keep(Object.fromEntries(kept))
  }

  /** Stops what is measured; nothing of it is noted as failed. */
  async close(): Promise<void> {
    this.#closing.abort()
    await this.#measuring.catch(() => undefined)
  }

  async #measureNow(step: TypicalStep, on: MeasuredOn, signal: AbortSignal) {
    const key = keyOf(step, on)
    this.#underWay.add(key)
    try {
      // A driver that ends the whole process with it is not tried a second time.
      if (on.device !== 'cpu') await this.#set(key, null)
      const seconds = await this.#measureStep(step, on, signal)
      await this.#set(key, seconds)
      return seconds
    } catch (error) {
      const isCancelled = error instanceof ErratumError && error.code === 'cancelled'
      if (isCancelled) await this.#set(key, undefined)
      if (isCancelled || on.device === 'cpu') throw error
      return null
    } finally {
      this.#underWay.delete(key)
    }
  }

  #set(key: string, seconds: number | null | undefined): Promise<void> {
    const others = Object.entries(this.#stored.value).filter(([known]) => known !== key)
    const entry = seconds === undefined ? [] : [[key, seconds] as const]
    return this.#stored.keep(Object.fromEntries([...others, ...entry]))
  }
}

/** All that decides how long a step takes. */
function keyOf(
  { model, classes, settings, words, tokens }: TypicalStep,
  { device, operatorThreads }: MeasuredOn
): string {
  const { batchSize, accumulation, dropout, frozenLayers, optimizer } = settings
  return JSON.stringify([
    ...[device, operatorThreads, machineKey()],
    ...[model.name, model.sizes, classes, words, tokens],
    ...[batchSize, accumulation, dropout > 0, frozenLayers, optimizer.kind]
  ])
}

const deviceOf = (key: string) => (JSON.parse(key) as unknown[])[0]
