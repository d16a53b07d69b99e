/** Why the base model gets an example wrong: the influence of every training row. */
import { z } from 'zod'
import { ErratumError } from '../errors.ts'
import { onnxruntimeExecutor } from '../executors/onnxruntime.ts'
import { GradientExtractor } from '../gradients/extractor.ts'
import type { TrainingGradients } from '../gradients/gradient-files.ts'
import { byWord } from '../influence/by-word.ts'
import { checkpointView } from '../influence/checkpoint-view.ts'
import type { MethodName } from '../influence/method-names.ts'
import { methods } from '../influence/methods.ts'
import type { Influence } from '../influence/query.ts'
import { opponents, proponents } from '../influence/ranking.ts'
import { onlyText } from '../tokens/encode.ts'
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

/**
 * The checkpoints of a model, open for one example after the other: reading them and compiling their
 * graphs takes longer than a query.
 */
export class OpenCheckpoints {
  readonly #workspace: TrainedWorkspace
  readonly #checkpoints: readonly OpenCheckpoint[]

  private constructor(workspace: TrainedWorkspace, checkpoints: readonly OpenCheckpoint[]) {
    this.#workspace = workspace
    this.#checkpoints = checkpoints
  }

  /** Opens those that count; extracts the gradients that are missing. */
  static async open(
    workspace: TrainedWorkspace,
    options: Pick<InfluenceOptions, 'checkpoints'>,
    job: Job
  ): Promise<OpenCheckpoints> {
    const { model, base, tokenizer, modelFolder } = workspace
    const gradientsAt = await gradientsOf(workspace, epochsOf(workspace, options), job)
    const opened: OpenCheckpoint[] = []
    try {
      const executor = onnxruntimeExecutor({ threads: 1 })
      for (const [epoch, gradients] of gradientsAt) {
        const words = tokenizer.size
        const parameters = await readCheckpoint(modelFolder, epoch, { model, words })
        const extractor = new GradientExtractor(model, parameters, executor)
        const { learningRate } = base.epochs.find((each) => each.epoch === epoch)!
        const single = new GradientExtractor(model, parameters, executor, { rows: 1 })
        opened.push({ learningRate, gradients, extractor, single })
      }
      return new OpenCheckpoints(workspace, opened)
    } catch (error) {
      for (const { store } of gradientsAt.values()) store.close()
      await disposeAll(opened)
      throw error
    }
  }

  /** The influence of every training row on an example; its words can be read until `close`. */
  async influence(
    { index, row }: Example,
    method: MethodName,
    signal: AbortSignal | undefined
  ): Promise<Influence> {
    const { training, heldOut } = this.#workspace
    const example = { texts: onlyText(heldOut.texts, index), classes: [heldOut.classes[index]!] }
    const checkpoints = this.#checkpoints.map((checkpoint) =>
      checkpointView({ ...checkpoint, training, example, signal })
    )
    const question = { training, checkpoints, seed: row, signal }
    return byWord(await methods[method].score(question), training.texts)
  }

  async close(): Promise<void> {
    for (const { gradients } of this.#checkpoints) gradients.store.close()
    await disposeAll(this.#checkpoints)
  }
}

async function disposeAll(checkpoints: readonly OpenCheckpoint[]): Promise<void> {
  for (const { extractor, single } of checkpoints) {
    await extractor.dispose()
    await single.dispose()
  }
}

interface OpenCheckpoint {
  learningRate: number
  gradients: TrainingGradients
  extractor: GradientExtractor
  /** For the example alone: it takes a tenth of the time in a batch of its own. */
  single: GradientExtractor
}

/** The influence of every training row on one example. Close the answer when its words are read. */
export async function influenceOn(
  workspace: TrainedWorkspace,
  example: Example,
  options: InfluenceOptions,
  job: Job
): Promise<Influence & { close(): Promise<void> }> {
  const checkpoints = await OpenCheckpoints.open(workspace, options, job)
  const close = () => checkpoints.close()
  try {
    const influence = await checkpoints.influence(example, options.method, job.signal)
    return { ...influence, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** Whether all gradients are there, so that `explain` writes nothing and needs no lock. */
export async function isExplainable(
  workspace: TrainedWorkspace,
  options: Pick<InfluenceOptions, 'checkpoints'>
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
  options: Pick<InfluenceOptions, 'checkpoints'> = {}
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

function epochsOf(
  { base }: TrainedWorkspace,
  { checkpoints }: Pick<InfluenceOptions, 'checkpoints'>
): number[] {
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
