/** Trains the base model of a project. */
import { rename, rm } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { ErratumError } from '../errors.ts'
import { withCpuBehind } from '../executors/devices.ts'
import { makeFolder } from '../files/write.ts'
import { chooseCheckpoints } from '../influence/checkpoints.ts'
import { progressMeter } from '../jobs/progress.ts'
import type { Model } from '../models/model.ts'
import type { ModelName } from '../models/models.ts'
import { models, revisionOf } from '../models/models.ts'
import { contentKey } from '../project/content-key.ts'
import type { Project } from '../project/project.ts'
import { saveProject } from '../project/project.ts'
import type { Tokenizer } from '../tokens/tokenizer.ts'
import type { TrainingView } from '../training/live.ts'
import { trainingBytes } from '../training/memory.ts'
import type { OptimizerSettings } from '../training/optimizers.ts'
import { trainingPresets } from '../training/presets.ts'
import type { TrainingSettings } from '../training/settings.ts'
import { trainingSchema } from '../training/settings.ts'
import { doubtsAbout } from '../training/soundness.ts'
import type { UnfinishedTraining } from '../training/unfinished.ts'
import {
  readUnfinished,
  removePoint,
  removeStrays,
  writeUnfinished
} from '../training/unfinished.ts'
import { deviceFor } from './device-for.ts'
import type { Job } from './job.ts'
import { freeBytes, requireMemory } from './memory-check.ts'
import { runTasks, workerData } from './tasks.ts'
import { readTexts } from './tokenizing.ts'
import type { BaseModel } from './worker.ts'
import type { BaseRecord } from '../training/base-record.ts'
import type { Workspace } from './workspace.ts'
import { modelFolderOf, openWorkspace, splitTexts, writeBase } from './workspace.ts'

/** Most checkpoints that influence is summed over. */
const mostCheckpoints = 4

export interface TrainOptions {
  folder: string
  /** An optimizer whose preset is to replace the project's settings. */
  optimizer?: OptimizerSettings['kind'] | undefined
  /** Settings that differ from those; they are kept for the project's rounds as well. */
  changes: Partial<TrainingSettings>
  /** Seed of the base model. Rounds use the seeds from 1 on. */
  seed: number
  /** Threads inside one operator; unless given one, or all cores for a model of large operators. */
  operatorThreads?: number | undefined
  /** Told again and again how the training goes. */
  onLive?: ((training: TrainingView) => void) | undefined
}

/** How the model of a project is trained unless the user says otherwise. */
export function presetsOf({ modelName, model, project }: Workspace) {
  const isPretrained = project.settings.model.checkpoint !== null
  return trainingPresets(modelName, isPretrained, model.maximumTokens)
}

/** Where a training stands until it has ended. */
export function unfinishedFolderOf(project: Project): string {
  return `${modelFolderOf(project)}.unfinished`
}

/**
 * Trains, writes a checkpoint an epoch, and predicts the held-out split. A training of the same data
 * with the same settings that was stopped goes on after its last epoch, to the same result.
 */
export async function trainBase(options: TrainOptions, job: Job): Promise<BaseRecord> {
  const opened = await openWorkspace(options.folder)
  const preset = options.optimizer && presetsOf(opened)[options.optimizer]
  const settings = checked({ ...opened.settings, ...preset, ...options.changes }, opened.model)
  const workspace: Workspace = { ...opened, settings }
  const { project, dataset } = workspace
  const modelFolder = modelFolderOf(project)
  const unfinished = unfinishedFolderOf(project)
  let keep = false
  try {
    const meter = progressMeter({ total: null })
    job.onProgress?.(meter(0, 'Reading the texts'))
    const { texts, ...reading } = await readTexts(workspace)
    const { tokenizer } = reading
    const sets = splitTexts(dataset, texts)

    const { seed } = options
    requireMemory(
      trainingBytes({
        ...{ model: workspace.model, settings, seed, words: tokenizer.size },
        ...{ texts: texts.training, rows: sets.training.rows },
        isPretrained: project.settings.model.checkpoint !== null
      }),
      freeBytes()
    )
    const operatorThreads = options.operatorThreads ?? threadsFor(workspace.modelName)
    const work = { words: tokenizer.size, texts: texts.training }
    const asked = await deviceFor(workspace, work, { job, sideBySide: false })
    let trained: BaseModel | undefined
    keep = true
    for (const { device } of withCpuBehind(asked)) {
      if (trained) break
      // Where a device has failed, what is finished of it stays.
      const training = await startedTraining(unfinished, { workspace, tokenizer, seed })
      await runTasks<'train'>(
        workerData(workspace, sets, { words: tokenizer.size, device, operatorThreads }),
        [{ kind: 'train', training, folder: unfinished }],
        { ...job, threads: 1, onDetail: options.onLive },
        (result) => void (trained = result)
      )
    }
    keep = false
    const { probabilities, peakBytes } = trained!
    const { epochs, seconds, devices } = trained!.training
    await removePoint(unfinished, trained!.training)
    const base: BaseRecord = {
      seed,
      settings,
      epochs,
      checkpoints: chooseCheckpoints(epochs, Math.log(dataset.labels.length), mostCheckpoints),
      doubts: doubtsAbout({
        accuracy: epochs.at(-1)!.heldOutAccuracy,
        majorityShare: largestShare(sets.heldOut.classes, dataset.labels.length),
        heldOutLosses: epochs.map(({ heldOutLoss }) => heldOutLoss),
        startLoss: Math.log(dataset.labels.length)
      }),
      seconds,
      devices,
      peakBytes
    }
    await writeBase(unfinished, { workspace, reading, texts, base, probabilities })
    await rm(join(project.folder, 'gradients'), { recursive: true, force: true })
    await rm(modelFolder, { recursive: true, force: true })
    await rename(unfinished, modelFolder)
    await saveProject({ ...project, settings: { ...project.settings, training: { ...settings } } })
    return base
  } catch (error) {
    keep &&= error instanceof ErratumError && error.code === 'cancelled'
    throw error
  } finally {
    const stopped = keep ? await readUnfinished(unfinished) : undefined
    if (!stopped?.epochs.length) await rm(unfinished, { recursive: true, force: true })
    dataset.close()
  }
}

/** An encoder's products are worth more than one thread; its rounds still take one each. */
export function threadsFor(modelName: ModelName): number {
  return models[modelName].tokens === 'pieces' ? availableParallelism() : 1
}

/** The training that stands in the folder, if it is this very one; otherwise a new one. */
async function startedTraining(
  folder: string,
  wanted: { workspace: Workspace; tokenizer: Tokenizer; seed: number }
): Promise<UnfinishedTraining> {
  const { workspace, tokenizer, seed } = wanted
  const { project, settings, modelName } = workspace
  const { fingerprint, model } = project.settings
  const words = contentKey(tokenizer.content)
  const computed = { fingerprint, model, settings, seed, words }
  const key = contentKey({ ...computed, ...revisionOf(modelName) })
  const found = await readUnfinished(folder)
  if (found?.key === key) {
    await removeStrays(folder, found)
    return found
  }
  const training = { key, seed, settings, epochs: [], seconds: 0, devices: [] }
  await rm(folder, { recursive: true, force: true })
  await makeFolder(folder)
  await writeUnfinished(folder, training)
  return training
}

function checked(settings: unknown, { maximumTokens }: Model): TrainingSettings {
  const result = trainingSchema.safeParse(settings)
  if (result.success) {
    if (result.data.maximumLength <= maximumTokens) return result.data
    throw new ErratumError(
      'bad-argument',
      `Texts of up to ${result.data.maximumLength} tokens do not fit this model, which takes ` +
        `${maximumTokens}. Give a smaller maximum length.`
    )
  }
  const { path, message } = result.error.issues[0]!
  throw new ErratumError(
    'bad-argument',
    `The training settings cannot be used: ${path.join('.')}: ${message}.`
  )
}

function largestShare(classes: Int32Array, count: number): number {
  const counts = new Array<number>(count).fill(0)
  for (const label of classes) counts[label]!++
  return Math.max(...counts) / classes.length
}
