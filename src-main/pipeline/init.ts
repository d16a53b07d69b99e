/** Makes a project from a data set. */
import { existsSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import type { ImportReport } from '../dataset/import-report.ts'
import { importDataset } from '../dataset/import.ts'
import { ErratumError } from '../errors.ts'
import type { ModelName } from '../models/models.ts'
import { modelNames, models } from '../models/models.ts'
import { progressMeter } from '../jobs/progress.ts'
import { createProject } from '../project/project.ts'
import { trainingPresets } from '../training/presets.ts'
import { projectVersion } from '../project/settings.ts'
import { version } from '../version.ts'
import type { Job } from './job.ts'

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
  model: string
}

/** Imports the data and writes project.json; nothing remains of a project that failed. */
export async function initProject(options: InitOptions, job: Job): Promise<ImportReport> {
  const { folder, data, test, text, textPair, label, split, labels, seed } = options
  const name = knownModel(options.model)
  if (existsSync(folder) && (await readdir(folder)).length > 0) {
    throw new ErratumError(
      'bad-argument',
      `${folder} is not empty. Name a new folder for the project, or remove what is in it.`
    )
  }
  const existed = existsSync(folder)
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
      into: join(folder, 'data'),
      signal: job.signal,
      onProgress: ({ share, rows }) => job.onProgress?.(meter(share, `${rows} rows read`))
    })
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
      model: { name, checkpoint: null, sizes: models[name].defaultSizes },
      training: { ...trainingPresets[name] },
      fingerprint: report.fingerprint
    })
    return report
  } catch (error) {
    await rm(existed ? join(folder, 'data') : folder, { recursive: true, force: true })
    throw error
  }
}

function knownModel(wanted: string): ModelName {
  const name = modelNames.find((known) => known === wanted)
  if (name) return name
  throw new ErratumError(
    'bad-argument',
    `The model ${wanted} is not known. Use one of ${modelNames.join(', ')}.`
  )
}
