/** What is to compute a piece of a project's work. */
import type { DeviceUse } from '../executors/devices.ts'
import type { EncodedTexts } from '../tokens/encode.ts'
import type { Job, PlannedWork } from './job.ts'
import type { TypicalStep } from './typical-step.ts'
import { typicalStep } from './typical-step.ts'
import type { TrainedWorkspace, Workspace } from './workspace.ts'

/** The texts of a training, and the rows of its embedding. */
export interface Texts {
  words: number
  texts: Pick<EncodedTexts, 'offsets'>
}

/** A typical step of a project's training. */
export function stepOf(
  { project, dataset, modelName, settings }: Workspace,
  texts: Texts
): TypicalStep {
  const model = { name: modelName, sizes: project.settings.model.sizes }
  return typicalStep({ model, classes: dataset.labels.length, settings, ...texts })
}

/** Asks the job what is to compute; throws `bad-argument` where that is not there. */
export async function deviceFor(
  workspace: Workspace,
  texts: Texts,
  { job, sideBySide }: { job: Job; sideBySide: boolean }
): Promise<DeviceUse> {
  if (!job.device) return { device: 'cpu' }
  const { threads } = job
  return job.device({ step: stepOf(workspace, texts), sideBySide, threads })
}

/** The same for what is done with a trained model: rounds, and gradients at its checkpoints. */
export function deviceForTrained(workspace: TrainedWorkspace, job: Job): Promise<DeviceUse> {
  return deviceFor(workspace, textsOf(workspace), { job, sideBySide: true })
}

/** What rounds are, to whoever chooses a device for them. */
export function roundsOf(workspace: TrainedWorkspace, threads: number): PlannedWork {
  return { step: stepOf(workspace, textsOf(workspace)), sideBySide: true, threads }
}

/** The training texts of a trained model. */
export function textsOf({ tokenizer, training }: TrainedWorkspace): Texts {
  return { words: tokenizer.size, texts: training.texts }
}
