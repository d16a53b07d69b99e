/** Answers about the base model, and its training as a job. */
import type { z } from 'zod'
import type { ModelInfo, modelContract } from '../../src-preload/contract/model.ts'
import type { Expectation } from '../../src-preload/contract/models.ts'
import type { JobResult } from '../../src-preload/contract/jobs.ts'
import { rowsOf } from '../dataset/dataset.ts'
import { EvenSample } from '../dataset/survey.ts'
import { models } from '../models/models.ts'
import { exportRefusalOf } from '../pipeline/export-model.ts'
import type { PlannedTraining } from '../pipeline/expect-training.ts'
import { pretrainedFolderOf } from '../pipeline/pretrained.ts'
import { gradientsOf } from '../pipeline/training-gradients.ts'
import type { TrainOptions } from '../pipeline/train.ts'
import { presetsOf, trainBase, unfinishedFolderOf } from '../pipeline/train.ts'
import type { TrainedWorkspace, Workspace } from '../pipeline/workspace.ts'
import { withProjectLock } from '../project/lock.ts'
import { modelKey } from '../project/model-key.ts'
import { evaluate } from '../training/evaluate.ts'
import type { TrainingView } from '../training/live.ts'
import type { TrainingSettings } from '../training/settings.ts'
import { readUnfinished } from '../training/unfinished.ts'
import type { JobContext } from './jobs.ts'
import { expectTraining, sizesOf } from './models.ts'
import type { Service } from './service.ts'

/** Seconds for a row and epoch on this kind of machine, before anything was trained on it. */
const secondsPerRow = 1.5e-4

export async function modelInfo(service: Service, project: string): Promise<ModelInfo> {
  const workspace = await service.open.workspace(service.known.folderOf(project))
  const { dataset, modelName, settings } = workspace
  const presets = presetsOf(workspace)
  const unfinished = await readUnfinished(unfinishedFolderOf(workspace.project))
  const trained = 'base' in workspace ? workspace : undefined
  const rows = dataset.manifest.counts.train.reduce((a, b) => a + b, 0)
  const isSmall = models[modelName].tokens === 'words'
  const perRow = trained
    ? trained.base.seconds / (rows * trained.base.settings.epochs)
    : isSmall
      ? secondsPerRow
      : null
  const expected = ({ epochs }: TrainingSettings) => perRow && perRow * rows * epochs
  const { sizes, checkpoint } = workspace.project.settings.model
  const words = trained?.tokenizer.size ?? checkpoint?.words
  const classes = dataset.labels.length
  const numbers = sizesOf({ name: modelName, sizes }, words ?? 0, classes)
  return {
    title: models[modelName].title,
    encoder: isSmall ? null : { layers: numbers.layers, width: numbers.width },
    parameters: words === undefined ? null : numbers.parameters,
    takenFrom: checkpoint?.folder ?? null,
    labels: [...dataset.labels],
    presets: (['adamw', 'sgd'] as const).map((optimizer) => {
      const preset = presets[optimizer]
      return { optimizer, settings: preset, expectedSeconds: expected(preset) }
    }),
    settings,
    trained: trained?.base ?? null,
    modelKey: trained ? modelKey(trained.base) : null,
    exportRefusal: exportRefusalOf(workspace) ?? null,
    confusion: trained ? confusionOf(trained) : null,
    unfinished: unfinished && unfinished.epochs.length > 0 ? unfinished : null
  }
}

/** What a training with the project's settings takes. */
export async function expectProject(
  service: Service,
  project: string,
  signal: AbortSignal | undefined
): Promise<Expectation> {
  const workspace = await service.open.workspace(service.known.folderOf(project))
  const trainingRows = rowsOf(workspace.dataset, 'train').length
  return expectTraining(service, plannedOf(workspace), { trainingRows, signal })
}

/** The training that a project's settings make. */
export function plannedOf(workspace: Workspace): PlannedTraining {
  const { dataset, modelName, settings } = workspace
  const { sizes, checkpoint } = workspace.project.settings.model
  const sample = new EvenSample<number>(1000)
  for (const row of rowsOf(dataset, 'train')) sample.add(row)
  return {
    model: { name: modelName, sizes },
    classes: dataset.labels.length,
    settings,
    checkpoint: checkpoint && {
      folder: pretrainedFolderOf(workspace.project),
      words: checkpoint.words
    },
    sample: sample.items.map((row) => dataset.text(row))
  }
}

/** [true class][predicted class] over the held-out rows. */
function confusionOf({ dataset, heldOut, probabilities }: TrainedWorkspace): number[][] {
  const count = dataset.labels.length
  const { predicted } = evaluate(probabilities, heldOut.classes, count)
  const table = Array.from({ length: count }, () => new Array<number>(count).fill(0))
  heldOut.classes.forEach((label, i) => table[label]![predicted[i]!]!++)
  return table
}

export function startTraining(
  service: Service,
  { project, optimizer, changes, seed }: z.infer<typeof modelContract.train.input>
): string {
  const folder = service.known.folderOf(project)
  return service.jobs.start({
    kind: 'train',
    project: { id: project, name: service.known.nameOf(project) },
    title: 'Training the base model',
    work: trainWork(service, folder, { optimizer, changes: given(changes), seed })
  })
}

function given(changes: object): Partial<TrainingSettings> {
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined))
}

/** Trains, and extracts the gradients that the bench needs, so that it answers at once. */
export function trainWork(
  service: Service,
  folder: string,
  options: Pick<TrainOptions, 'optimizer' | 'changes' | 'seed'>
): (job: JobContext) => Promise<JobResult> {
  return async (job) => {
    const onLive = ({ curve, steps, epochs }: TrainingView) =>
      job.show({ kind: 'training', curve: [...curve], steps, epochs: [...epochs] })
    const base = await withProjectLock(folder, async () => {
      service.open.close(folder)
      try {
        return await trainBase({ folder, ...options, onLive }, job)
      } finally {
        service.open.close(folder)
      }
    })
    await prepareGradients(service, folder, job)
    return { kind: 'trained', accuracy: base.epochs.at(-1)!.heldOutAccuracy }
  }
}

/** Extracts the gradients that are missing. */
export async function prepareGradients(
  service: Service,
  folder: string,
  job: JobContext
): Promise<void> {
  const workspace = await service.open.trained(folder)
  await withProjectLock(folder, async () => {
    const gradients = await gradientsOf(workspace, workspace.base.checkpoints, job)
    for (const { store } of gradients.values()) store.close()
  })
}
