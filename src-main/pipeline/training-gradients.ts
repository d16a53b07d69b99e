/** The training rows' gradients in the project folder: read, or extracted where they are missing. */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ErratumError } from '../errors.ts'
import { withCpuBehind, workersFor } from '../executors/devices.ts'
import type { TrainingGradients } from '../gradients/gradient-files.ts'
import { haveGradients, openGradients } from '../gradients/gradient-files.ts'
import { ruleOf } from '../gradients/word-gradients.ts'
import { topPositions } from '../influence/word-terms.ts'
import { deviceForTrained } from './device-for.ts'
import type { Job } from './job.ts'
import { runTasks, workerData } from './tasks.ts'
import type { TrainedWorkspace } from './workspace.ts'

function gradientFolder({ project }: TrainedWorkspace, epoch: number): string {
  return join(project.folder, 'gradients', String(epoch))
}

/** The gradients of the training rows at each of the checkpoints; extracts what is missing. */
export async function gradientsOf(
  workspace: TrainedWorkspace,
  epochs: readonly number[],
  job: Job
): Promise<Map<number, TrainingGradients>> {
  const found = new Map<number, TrainingGradients>()
  try {
    for (const epoch of epochs) {
      const gradients = await readGradients(workspace, epoch)
      if (gradients) found.set(epoch, gradients)
    }
    const missing = epochs.filter((epoch) => !found.has(epoch))
    if (missing.length > 0) await extractGradients(workspace, missing, job)
    for (const epoch of missing) found.set(epoch, await openGradientsOf(workspace, epoch))
    // Sums over checkpoints must not depend on which of them were there already.
    return new Map(epochs.map((epoch) => [epoch, found.get(epoch)!]))
  } catch (error) {
    for (const { store } of found.values()) store.close()
    throw error
  }
}

/** The gradients at a checkpoint, unless they are missing or damaged: then they are made anew. */
export async function readGradients(
  workspace: TrainedWorkspace,
  epoch: number
): Promise<TrainingGradients | undefined> {
  if (!haveGradients(gradientFolder(workspace, epoch))) return undefined
  try {
    return await openGradientsOf(workspace, epoch)
  } catch (error) {
    const isDamaged = error instanceof ErratumError && error.code === 'damaged-file'
    if (isDamaged || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function openGradientsOf(workspace: TrainedWorkspace, epoch: number): Promise<TrainingGradients> {
  const { training, dataset, model } = workspace
  return openGradients(gradientFolder(workspace, epoch), {
    count: training.rows.length,
    classes: dataset.labels.length,
    size: model.embeddingSize,
    positions: ruleOf(topPositions, model.marksEnds)
  })
}

/** A checkpoint a task; of one that is not finished nothing remains. */
async function extractGradients(
  workspace: TrainedWorkspace,
  epochs: readonly number[],
  job: Job
): Promise<void> {
  const remove = (epoch: number) =>
    rm(gradientFolder(workspace, epoch), { recursive: true, force: true })
  await Promise.all(epochs.map(remove))
  const words = workspace.tokenizer.size
  const missing = () => epochs.filter((epoch) => !haveGradients(gradientFolder(workspace, epoch)))
  try {
    // What a device leaves when it fails is for the CPU.
    for (const use of withCpuBehind(await deviceForTrained(workspace, job))) {
      await runTasks<'gradients'>(
        workerData(workspace, workspace, { words, device: use.device, operatorThreads: 1 }),
        missing().map((epoch) => ({
          kind: 'gradients',
          models: workspace.modelFolder,
          epoch,
          folder: gradientFolder(workspace, epoch)
        })),
        { ...job, threads: workersFor(use, job.threads) },
        () => undefined
      )
    }
  } catch (error) {
    await Promise.all(missing().map(remove))
    throw error
  }
}
