/**
 * A training that has not ended, in its folder: `training.json` says which and what its epochs came
 * to, `optimizer.safetensors` what the optimizer kept at the end of the last one. Going on from there
 * gives the same bits as never having stopped.
 */
import { existsSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { readJson } from '../files/read-json.ts'
import { readTensors, writeTensors } from '../files/safetensors.ts'
import { writeJsonAtomically } from '../files/write.ts'
import type { Model } from '../models/model.ts'
import { checkpointPath, readCheckpoint } from './checkpoints.ts'
import { devicesSchema, epochSchema } from './base-record.ts'
import { trainingSchema } from './settings.ts'
import type { OptimizerState } from './stepper.ts'
import type { TrainingPoint } from './trainer.ts'

const unfinishedSchema = z.object({
  /** Content key of everything that the training depends on. */
  key: z.string(),
  seed: z.int(),
  settings: trainingSchema,
  epochs: z.array(epochSchema),
  /** Spent on them. */
  seconds: z.number(),
  devices: devicesSchema
})

export type UnfinishedTraining = z.infer<typeof unfinishedSchema>

const remedy = 'Train the project again.'
const planPath = (folder: string) => join(folder, 'training.json')
const statePath = (folder: string, epoch: number) => join(folder, `optimizer-${epoch}.safetensors`)

/** The training that stands in a folder; undefined where there is none, or none that can go on. */
export async function readUnfinished(folder: string): Promise<UnfinishedTraining | undefined> {
  if (!existsSync(planPath(folder))) return undefined
  return readJson(planPath(folder), unfinishedSchema, remedy).catch(() => undefined)
}

/** Says which training a folder is for. */
export function writeUnfinished(folder: string, training: UnfinishedTraining): Promise<void> {
  return writeJsonAtomically(planPath(folder), training)
}

/** Keeps what the optimizer needs to go on after the last of the training's epochs. */
export async function writePoint(
  folder: string,
  training: UnfinishedTraining,
  state: OptimizerState
): Promise<void> {
  const { epoch } = training.epochs.at(-1)!
  const tensors = new Map(
    Array.from(state, ([name, data]) => [name, { shape: [data.length], data }] as const)
  )
  await writeTensors(statePath(folder, epoch), { tensors, metadata: { epoch: String(epoch) } })
  // From here on the older point is of no use.
  await writeUnfinished(folder, training)
  await rm(statePath(folder, epoch - 1), { force: true })
}

/** Removes what a training that was killed was just writing. */
export async function removeStrays(folder: string, { epochs }: UnfinishedTraining): Promise<void> {
  const last = epochs.at(-1)?.epoch ?? 0
  const wanted = new Set([planPath(folder), statePath(folder, last)])
  for (const { epoch } of epochs) wanted.add(checkpointPath(folder, epoch))
  for (const name of await readdir(folder)) {
    if (!wanted.has(join(folder, name))) await rm(join(folder, name), { force: true })
  }
}

/** Leaves of a folder only what belongs to a finished model. */
export async function removePoint(folder: string, { epochs }: UnfinishedTraining): Promise<void> {
  for (const { epoch } of epochs) await rm(statePath(folder, epoch), { force: true })
  await rm(planPath(folder), { force: true })
}

/** The point after an epoch; undefined where a file of it is missing or damaged. */
export async function readPoint(
  folder: string,
  epoch: number,
  made: { model: Model; words: number }
): Promise<TrainingPoint | undefined> {
  try {
    const parameters = await readCheckpoint(folder, epoch, made)
    const { tensors } = await readTensors(statePath(folder, epoch), remedy)
    const state = new Map<string, Float32Array | Int32Array>()
    for (const [name, { data }] of tensors) {
      if (!(data instanceof Float32Array || data instanceof Int32Array)) return undefined
      state.set(name, data)
    }
    return { epoch, parameters, state }
  } catch {
    return undefined
  }
}
