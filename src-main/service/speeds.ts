/** How long steps of models take on the devices of this machine: measured once, then kept. */
import { z } from 'zod'
import { ErratumError, throwIfCancelled } from '../errors.ts'
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
    const measured = (async () => {
      await before.catch(() => undefined)
      throwIfCancelled(signal)
      const known = this.known(step, on)
      if (known !== undefined) return known
      const measureNow = () => this.#measureNow(step, on, signal)
      if (on.device === 'cpu') return measureNow()
      return gpuTurns.take({ isJob: false, signal }, measureNow)
    })()
    this.#measuring = measured
    return measured
  }

  async #measureNow(step: TypicalStep, on: MeasuredOn, signal: AbortSignal | undefined) {
    const key = keyOf(step, on)
    // A driver that ends the whole process with it is not tried a second time.
    if (on.device !== 'cpu') await this.#set(key, null)
    try {
      const seconds = await this.#measureStep(step, on, signal)
      await this.#set(key, seconds)
      return seconds
    } catch (error) {
      const isCancelled = error instanceof ErratumError && error.code === 'cancelled'
      if (isCancelled) await this.#set(key, undefined)
      if (isCancelled || on.device === 'cpu') throw error
      return null
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
    ...[model.name, model.sizes, classes, words, tokens],
    ...[batchSize, accumulation, dropout > 0, frozenLayers, optimizer.kind],
    ...[device, operatorThreads, machineKey()]
  ])
}
