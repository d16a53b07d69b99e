/** Makes a project from a data set. */
import { existsSync } from 'node:fs'
import { readdir, rm, rmdir } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import type { ImportReport } from '../dataset/import-report.ts'
import { importDataset } from '../dataset/import.ts'
import { fileNames } from '../dataset/manifest.ts'
import { isPartial } from '../dataset/work-folder.ts'
import { ErratumError } from '../errors.ts'
import { explainWriteError } from '../files/write-errors.ts'
import { isUnfinished, makeFolder } from '../files/write.ts'
import type { Preset } from '../models/models.ts'
import { models, presetModels } from '../models/models.ts'
import { progressMeter } from '../jobs/progress.ts'
import { isLockFile, withProjectLock } from '../project/lock.ts'
import { createProject } from '../project/project.ts'
import { trainingPresets } from '../training/presets.ts'
import type { TrainingSettings } from '../training/settings.ts'
import { projectVersion } from '../project/settings.ts'
import { version } from '../version.ts'
import type { Job } from './job.ts'
import { inspectModel, modelIn, pretrainedFolderOf, takeModel } from './pretrained.ts'

export interface InitOptions {
  /** The project folder to make. */
  folder: string
  data: string
  test?: string | undefined
  text: string
  textPair?: string | undefined
  label: string
  split?: string | undefined
  labels?: readonly string[] | undefined
  heldOutShare?: number | undefined
  seed: number
  /** The name of a preset, or a Hugging Face folder. */
  model: string
  /** Whether the classifier of such a folder is left out, and learnt from the beginning. */
  newHead?: boolean | undefined
  /** Shows and replaces pieces of words where the model's tokens are such. */
  pieces?: boolean | undefined
}

/** The folder of the imported data in a project. */
const dataName = 'data'

/** Imports the data and writes project.json; nothing remains of a project that failed. */
export async function initProject(options: InitOptions, job: Job): Promise<ImportReport> {
  const { folder } = options
  const model = await chosenModel(options.model)
  await requireVacant(folder)
  const made: string[] = []
  try {
    await makeFolder(folder, made)
    return await withProjectLock(folder, async () => {
      // Another process may have made a project here before this one got the lock.
      for (const leftover of await requireVacant(folder)) await remove(folder, leftover)
      return fillProject(options, model, job)
    })
  } catch (error) {
    for (const above of made.reverse()) await rmdir(above).catch(() => undefined)
    throw error
  }
}

async function fillProject(
  options: InitOptions,
  { checkpoint, ...model }: ChosenModel,
  job: Job
): Promise<ImportReport> {
  const { folder, data, test, text, textPair, label, split, labels, seed } = options
  const meter = progressMeter({ total: 1 })
  try {
    const report = await importDataset({
      path: data,
      testPath: test,
      text,
      ...(textPair !== undefined && { textPair }),
      label,
      ...(split !== undefined && { split }),
      labels,
      seed,
      heldOutShare: options.heldOutShare,
      into: join(folder, dataName),
      signal: job.signal,
      onProgress: ({ share, rows }) => job.onProgress?.(meter(share, `${rows} rows read`))
    })
    const head = {
      labels: report.labels.map(({ label }) => label),
      newHead: options.newHead ?? false,
      signal: job.signal
    }
    const taken = checkpoint === undefined ? null : await takeModel(checkpoint, folder, head)
    await createProject(folder, {
      version: projectVersion,
      writtenBy: version,
      name: basename(resolve(folder)),
      createdAt: new Date().toISOString(),
      data: {
        file: resolve(data),
        testFile: test === undefined ? null : resolve(test),
        text,
        textPair: textPair ?? null,
        label,
        split: split ?? null,
        seed
      },
      model: {
        ...model,
        checkpoint: taken,
        ...(options.pieces && { unit: 'piece' })
      },
      training: { ...trainingOf(model, checkpoint !== undefined) },
      fingerprint: report.fingerprint
    })
    return report
  } catch (error) {
    for (const name of [dataName, basename(pretrainedFolderOf({ folder }))]) {
      await remove(folder, name)
    }
    throw error
  }
}

/**
 * What a killed init left in the folder, which may be removed; throws unless there is nothing else.
 * Data without a project.json are such a leftover, since project.json comes last.
 */
async function requireVacant(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw explainWriteError(folder, error)
  })
  const leftovers = names.filter(
    (name) =>
      isPartial(name, dataName) || isUnfinished(name) || (name === dataName && isImported(folder))
  )
  if (names.every((name) => leftovers.includes(name) || isLockFile(name))) return leftovers
  throw new ErratumError(
    'bad-argument',
    `${folder} is not empty. Name a new folder for the project, or remove what is in it.`
  )
}

function isImported(folder: string): boolean {
  return Object.values(fileNames).every((name) => existsSync(join(folder, dataName, name)))
}

async function remove(folder: string, name: string): Promise<void> {
  await rm(join(folder, name), { recursive: true, force: true })
}

interface ChosenModel extends Preset {
  /** Absolute path of the folder that it is taken from. */
  checkpoint?: string
}

async function chosenModel(wanted: string): Promise<ChosenModel> {
  const presets = presetModels()
  const preset = presets.get(wanted)
  if (preset) return preset
  if (existsSync(wanted)) {
    const checkpoint = resolve(wanted)
    return { ...modelIn(await inspectModel(checkpoint)), checkpoint }
  }
  throw new ErratumError(
    'bad-argument',
    `The model ${wanted} is neither the name of one nor a folder. Use one of ` +
      `${[...presets.keys()].join(', ')}, or the folder of a Hugging Face model.`
  )
}

/** The training of a new project, with texts no longer than its model takes. */
export function trainingOf({ name, sizes }: Preset, isPretrained: boolean): TrainingSettings {
  const { maximumTokens } = models[name].create(sizes, 2)
  return trainingPresets(name, isPretrained, maximumTokens).adamw
}
