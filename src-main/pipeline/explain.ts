/** Why the base model gets an example wrong: the influence of every training row. */
import { z } from 'zod'
import { ErratumError } from '../errors.ts'
import { onnxruntimeExecutor } from '../executors/onnxruntime.ts'
import { GradientExtractor } from '../gradients/extractor.ts'
import { checkpointView } from '../influence/checkpoint-view.ts'
import type { MethodName } from '../influence/method-names.ts'
import { methods } from '../influence/methods.ts'
import type { CheckpointView, Influence } from '../influence/query.ts'
import { opponents, proponents } from '../influence/ranking.ts'
import { idsOf } from '../tokens/encode.ts'
import { readCheckpoint } from '../training/checkpoints.ts'
import type { Example } from './example.ts'
import type { Job } from './job.ts'
import { gradientsOf, readGradients } from './training-gradients.ts'
import type { TrainedWorkspace } from './workspace.ts'

/** A training row with its influence on an example. */
export const influentialRowSchema = z.object({
  row: z.int(),
  text: z.string(),
  label: z.string(),
  influence: z.number(),
  /** Contributions of its words, the most negative first; they add up to the influence. */
  words: z.array(z.object({ word: z.string(), influence: z.number() }))
})

export type InfluentialRow = z.infer<typeof influentialRowSchema>

export interface Explanation {
  example: number
  method: MethodName
  checkpoints: { epoch: number; learningRate: number; loss: number }[]
  /** Reasons not to trust this. */
  doubts: string[]
  opponents: InfluentialRow[]
  proponents: InfluentialRow[]
}

export interface InfluenceOptions {
  method: MethodName
  /** Epochs; the base model's own choice unless given. */
  checkpoints?: readonly number[] | undefined
}

/** The influence of every training row on an example. Close the answer when its words are read. */
export async function influenceOn(
  workspace: TrainedWorkspace,
  example: Example,
  options: InfluenceOptions,
  job: Job
): Promise<Influence & { close(): Promise<void> }> {
  const { model, base, training, heldOut, vocabulary, modelFolder } = workspace
  const gradientsAt = await gradientsOf(workspace, epochsOf(workspace, options), job)
  const extractors: GradientExtractor[] = []
  const close = async () => {
    for (const { store } of gradientsAt.values()) store.close()
    for (const extractor of extractors) await extractor.dispose()
  }
  try {
    const executor = onnxruntimeExecutor({ threads: 1 })
    const ids = idsOf(heldOut.texts, example.index)
    const texts = { ids, offsets: Int32Array.from([0, ids.length]) }
    const views: CheckpointView[] = []
    for (const [epoch, gradients] of gradientsAt) {
      const words = vocabulary.size
      const parameters = await readCheckpoint(modelFolder, epoch, { model, words })
      const extractor = new GradientExtractor(model, parameters, executor)
      extractors.push(extractor)
      const { learningRate } = base.epochs.find((each) => each.epoch === epoch)!
      views.push(
        checkpointView({
          learningRate,
          extractor,
          gradients,
          training,
          example: { texts, classes: [heldOut.classes[example.index]!] },
          signal: job.signal
        })
      )
    }
    const influence = await methods[options.method].score({
      training,
      checkpoints: views,
      seed: example.row,
      signal: job.signal
    })
    return { ...influence, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** Whether all gradients are there, so that `explain` writes nothing and needs no lock. */
export async function isExplainable(
  workspace: TrainedWorkspace,
  options: InfluenceOptions
): Promise<boolean> {
  for (const epoch of epochsOf(workspace, options)) {
    const gradients = await readGradients(workspace, epoch)
    if (!gradients) return false
    gradients.store.close()
  }
  return true
}

/**
 * The strongest opponents and proponents of an example, with the words that matter, and the
 * influence of every training row by its index.
 */
export async function explain(
  workspace: TrainedWorkspace,
  example: Example,
  { top, ...options }: InfluenceOptions & { top: number },
  job: Job
): Promise<{ explanation: Explanation; scores: Float64Array }> {
  const influence = await influenceOn(workspace, example, options, job)
  try {
    const describe = (indices: number[]) => describeRows(workspace, influence, indices)
    const explanation: Explanation = {
      example: example.row,
      method: options.method,
      checkpoints: checkpointsOf(workspace, options),
      doubts: workspace.base.doubts,
      opponents: await describe(opponents(influence.scores, top)),
      proponents: await describe(proponents(influence.scores, top))
    }
    return { explanation, scores: influence.scores }
  } finally {
    await influence.close()
  }
}

/** The checkpoints that count. */
export function checkpointsOf(
  workspace: TrainedWorkspace,
  options: InfluenceOptions
): Explanation['checkpoints'] {
  return epochsOf(workspace, options).map((wanted) => {
    const { epoch, learningRate, loss } = workspace.base.epochs.find(
      (each) => each.epoch === wanted
    )!
    return { epoch, learningRate, loss }
  })
}

/** Training rows with their texts and words. */
export async function describeRows(
  { dataset, training, vocabulary }: TrainedWorkspace,
  influence: Influence,
  indices: readonly number[]
): Promise<InfluentialRow[]> {
  const words = await influence.words(indices)
  return indices.map((index) => {
    const row = training.rows[index]!
    return {
      row,
      text: dataset.text(row).join('\n'),
      label: dataset.labels[training.classes[index]!]!,
      influence: influence.scores[index]!,
      words: words.get(index)!.map(({ wordId, influence: share }) => ({
        word: vocabulary.words[wordId]!,
        influence: share
      }))
    }
  })
}

function epochsOf({ base }: TrainedWorkspace, { checkpoints }: InfluenceOptions): number[] {
  if (!checkpoints) return base.checkpoints
  const known = base.epochs.map(({ epoch }) => epoch)
  const unknown = checkpoints.find((epoch) => !known.includes(epoch))
  if (unknown === undefined && checkpoints.length > 0) {
    return [...new Set(checkpoints)].sort((a, b) => a - b)
  }
  throw new ErratumError(
    'bad-argument',
    `There is no checkpoint of epoch ${unknown ?? '(none given)'}. There are ${known.join(', ')}.`
  )
}
