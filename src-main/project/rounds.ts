/**
 * The rounds of a project, kept for ever: `rounds.jsonl` is the journal, and `rounds/KEY.safetensors`
 * holds what each round predicts for every held-out row. The file is written first, so a journal
 * line without its file, or with a damaged one, means that something other than Erratum has been at
 * it: the round is then computed again.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { ErratumError } from '../errors.ts'
import type { StoredTensor } from '../files/safetensors.ts'
import { readTensors, writeTensors } from '../files/safetensors.ts'
import { makeFolder } from '../files/write.ts'
import type { RoundResult } from '../retrain/round.ts'
import { devicesSchema } from '../training/base-record.ts'
import type { Journal } from './journal.ts'
import { openJournal } from './journal.ts'

/** What is known of a round besides its predictions. */
export const roundSchema = z.object({
  key: z.string(),
  seed: z.int(),
  accuracy: z.number(),
  seconds: z.number(),
  devices: devicesSchema,
  finishedAt: z.string()
})

type RoundRecord = z.infer<typeof roundSchema>
type TensorData = StoredTensor['data']

/** The journal of a project's rounds. */
export function journalPath(folder: string): string {
  return join(folder, 'rounds.jsonl')
}

export class RoundStore {
  readonly #folder: string
  readonly #journal: Journal<RoundRecord>

  private constructor(folder: string, journal: Journal<RoundRecord>) {
    this.#folder = folder
    this.#journal = journal
  }

  /** Opens the rounds of a project folder. */
  static async open(folder: string): Promise<RoundStore> {
    const journal = await openJournal(journalPath(folder), roundSchema)
    return new RoundStore(join(folder, 'rounds'), journal)
  }

  /** A round that was computed before. */
  async find(key: string): Promise<RoundResult | undefined> {
    const record = this.#journal.find(key)
    if (!record || !existsSync(this.#path(key))) return undefined
    const { seed, accuracy, seconds, devices } = record
    const { predicted, trueProbability } = await readRound(this.#path(key))
    if (!(predicted instanceof Int32Array && trueProbability instanceof Float32Array)) return
    return { key, seed, accuracy, seconds, devices, predicted, trueProbability }
  }

  /** Keeps a finished round. */
  async add({ predicted, trueProbability, ...known }: RoundResult) {
    const { key, seed, accuracy, seconds, devices } = known
    const shape = [predicted.length]
    const tensors = new Map([
      ['predicted', { shape, data: predicted }],
      ['trueProbability', { shape, data: trueProbability }]
    ])
    await makeFolder(this.#folder)
    await writeTensors(this.#path(key), { tensors, metadata: { key, seed: String(seed) } })
    const finishedAt = new Date().toISOString()
    await this.#journal.append({
      ...{ key, seed, accuracy, seconds, finishedAt },
      devices: [...devices]
    })
  }

  #path(key: string): string {
    return join(this.#folder, `${key}.safetensors`)
  }
}

/** What the file of a round holds; nothing where it is damaged. */
async function readRound(path: string): Promise<Record<string, TensorData | undefined>> {
  try {
    const { tensors } = await readTensors(path, '')
    return Object.fromEntries(Array.from(tensors, ([name, { data }]) => [name, data]))
  } catch (error) {
    if (error instanceof ErratumError && error.code === 'damaged-file') return {}
    throw error
  }
}
