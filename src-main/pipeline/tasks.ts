/** The tasks of long jobs, done in workers. */
import { ErratumError, firstSentence, throwIfCancelled } from '../errors.ts'
import type { DeviceName } from '../executors/devices.ts'
import { failureNote } from '../executors/devices.ts'
import { workerEntry } from '../installation.ts'
import type { PoolOptions } from '../jobs/pool.ts'
import { runPool } from '../jobs/pool.ts'
import type { WorkerPlace } from '../jobs/task-worker.ts'
import type { TrainingSet } from '../training/trainer.ts'
import type { Job } from './job.ts'
import { pretrainedFolderOf } from './pretrained.ts'
import type { Task, TaskDetail, TaskName, TaskResult, WorkerData } from './worker.ts'
import type { HeldOutSet, Workspace } from './workspace.ts'

/** With what tasks compute. */
export interface Computing {
  /** Rows of the embedding. */
  words: number
  device: DeviceName
  /** Threads inside one operator, on the CPU. */
  operatorThreads: number
}

/** What tasks are given, for a workspace whose texts are encoded. */
export function workerData(
  { project, dataset, modelName, settings }: Workspace,
  { training, heldOut }: { training: TrainingSet; heldOut: HeldOutSet },
  { words, ...computing }: Computing
): WorkerData {
  const { sizes, checkpoint } = project.settings.model
  return {
    model: { name: modelName, sizes, classes: dataset.labels.length },
    pretrained: checkpoint && pretrainedFolderOf(project),
    words,
    settings,
    ...computing,
    training,
    heldOut: { texts: heldOut.texts, classes: heldOut.classes }
  }
}

/**
 * Does tasks of one kind in workers; `onResult` takes each result as it comes, and `job.onDetail` what
 * a task has found so far. On anything but the CPU each worker is a process, which a driver may end:
 * then, as where the device fails otherwise, what has no result is left for the CPU, if it is asked.
 */
export async function runTasks<Name extends TaskName>(
  data: WorkerData,
  tasks: readonly Task<Name>[],
  job: Job & { onDetail?: ((detail: TaskDetail<Name>) => void) | undefined },
  onResult: (result: TaskResult<Name>, task: Task<Name>) => void | Promise<void>
): Promise<void> {
  const { device } = data
  let hasFailed = false
  const onNote = (note: string) => {
    // Each worker tells of its own.
    if (!hasFailed) job.onNote?.(note)
    hasFailed = true
  }
  function* untilFailure() {
    for (const task of tasks) {
      if (hasFailed) return
      yield task
    }
  }
  const pool: PoolOptions<WorkerData, Task<Name>, TaskResult<Name>> = {
    worker: job.worker ?? workerEntry('worker'),
    data,
    tasks: device === 'cpu' ? tasks : untilFailure(),
    total: tasks.length,
    place: placeFor(device),
    threads: job.threads,
    signal: job.signal,
    onResult,
    onNote,
    onDetail: (detail) => job.onDetail?.(detail as TaskDetail<Name>),
    ...(job.onProgress && { onProgress: (progress) => job.onProgress!(progress) })
  }
  try {
    await runPool(pool)
  } catch (error) {
    const hasEnded = error instanceof ErratumError && error.code === 'worker-ended'
    if (device === 'cpu' || !hasEnded) throw error
    throwIfCancelled(job.signal)
    onNote(failureNote(device, firstSentence(error.message)))
  }
}

/** Where workers compute on a device. */
export function placeFor(device: DeviceName): WorkerPlace {
  return device === 'cpu' ? 'thread' : 'process'
}
