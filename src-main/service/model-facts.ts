/** What was found out about data and models once, and need not be found out again. */
import { availableParallelism } from 'node:os'
import { z } from 'zod'
import type { Survey, SurveyOptions } from '../dataset/survey.ts'
import { surveyData } from '../dataset/survey.ts'
import { throwIfCancelled } from '../errors.ts'
import type { TypicalStep } from '../pipeline/expect-training.ts'
import { measureStep } from '../pipeline/expect-training.ts'
import { Stored } from './stored.ts'

const speedsSchema = z.record(z.string(), z.number())

export class ModelFacts {
  readonly #speeds: Stored<Record<string, number>>
  #survey: { key: string; found: Survey } | undefined
  /** Measurements follow one another. */
  #measuring: Promise<unknown> = Promise.resolve()

  /** `path` is the file of the speeds. */
  constructor(path: string) {
    this.#speeds = new Stored(path, speedsSchema, {})
  }

  /** Looks through data; what it found last is remembered. */
  async survey({ signal, ...options }: SurveyOptions): Promise<Survey> {
    const key = JSON.stringify(options)
    if (this.#survey?.key === key) return this.#survey.found
    const found = await surveyData({ ...options, signal })
    this.#survey = { key, found }
    return found
  }

  /** Seconds of a step, where it was measured before. */
  known(step: TypicalStep): number | undefined {
    return this.#speeds.value[keyOf(step)]
  }

  /** Seconds of a step, measured unless they are known. */
  async measure(step: TypicalStep, signal: AbortSignal | undefined): Promise<number> {
    const before = this.#measuring
    const measured = (async () => {
      await before.catch(() => undefined)
      throwIfCancelled(signal)
      const known = this.known(step)
      if (known !== undefined) return known
      const seconds = await measureStep(step, signal)
      await this.#speeds.set({ ...this.#speeds.value, [keyOf(step)]: seconds })
      return seconds
    })()
    this.#measuring = measured
    return measured
  }
}

/** All that decides how long a step takes. */
function keyOf({ model, classes, settings, words, tokens }: TypicalStep): string {
  const { batchSize, accumulation, dropout, frozenLayers, optimizer } = settings
  const { kind } = optimizer
  const cores = availableParallelism()
  return JSON.stringify([
    ...[model.name, model.sizes, classes, words, tokens],
    ...[batchSize, accumulation, dropout > 0, frozenLayers, kind, cores]
  ])
}
