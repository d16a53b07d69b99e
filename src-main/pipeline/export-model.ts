/** Writes the base model out, for other programs. */
import { join } from 'node:path'
import { findTokenizer } from '../checkpoints/tokenizer-files.ts'
import { onnxFile, writeCheckpoint } from '../checkpoints/write.ts'
import { ErratumError } from '../errors.ts'
import type { EncoderFamily, EncoderSizes } from '../models/encoder.ts'
import { encoderFamilies } from '../models/encoder.ts'
import { progressMeter } from '../jobs/progress.ts'
import type { Tokenizer } from '../tokens/tokenizer.ts'
import { readCheckpoint } from '../training/checkpoints.ts'
import type { Job } from './job.ts'
import { configurationIn, pretrainedFolderOf } from './pretrained.ts'
import type { TrainedWorkspace, Workspace } from './workspace.ts'
import { modelFolderOf } from './workspace.ts'

export interface ExportedModel {
  folder: string
  onnx: string
  epoch: number
  /** Of that epoch, over the held-out rows. */
  accuracy: number
}

export interface ExportModelOptions {
  /** The folder to write to. */
  out: string
  /** The last unless given. */
  epoch?: number | undefined
  /** Whether it takes the place of what is there already, which stays until then. */
  replaces?: boolean | undefined
}

/** Why a project's model has no form for other programs; undefined for one that has. */
export function exportRefusalOf(workspace: Workspace): string | undefined {
  return familyOf(workspace) ? undefined : refusal(workspace)
}

/**
 * Writes the model of an epoch as a Hugging Face folder with `onnx/model.onnx` in it. The folder
 * must not exist, or be empty, unless it is to be replaced. Throws `bad-argument` for a model that
 * transformers does not know.
 */
export async function exportModel(
  workspace: TrainedWorkspace,
  { out, epoch = workspace.base.epochs.at(-1)!.epoch, replaces }: ExportModelOptions,
  job: Pick<Job, 'signal' | 'onProgress'>
): Promise<ExportedModel> {
  const { project, model, modelFolder, dataset, tokenizer, base } = workspace
  const family = familyOf(workspace)
  if (!family) throw new ErratumError('bad-argument', refusal(workspace))
  const wanted = base.epochs.find((each) => each.epoch === epoch)
  if (!wanted) {
    throw new ErratumError(
      'bad-argument',
      `There is no checkpoint of epoch ${epoch}; the epochs are 1 to ${base.epochs.length}.`
    )
  }
  const parameters = await readCheckpoint(modelFolder, epoch, { model, words: tokenizer.size })
  const { sizes, checkpoint } = project.settings.model
  const given = checkpoint
    ? await takenFiles(pretrainedFolderOf(project), family)
    : madeFiles(tokenizer)
  const written = {
    family,
    sizes: sizes as unknown as EncoderSizes,
    labels: dataset.labels,
    tensors: parameters,
    ...given,
    withOnnx: true
  }
  const meter = progressMeter({ total: 1 })
  await writeCheckpoint(out, written, {
    signal: job.signal,
    replaces,
    onWritten: (share, what) => job.onProgress?.(meter(share, what))
  })
  return { folder: out, onnx: join(out, onnxFile), epoch, accuracy: wanted.heldOutAccuracy }
}

function familyOf({ modelName }: Workspace): EncoderFamily | undefined {
  return encoderFamilies.find((known): known is EncoderFamily => known === modelName)
}

function refusal({ modelName, project }: Workspace): string {
  return (
    `A model of the kind ${modelName} has no form that transformers loads. Its checkpoints are ` +
    `the .safetensors files in ${modelFolderOf(project)}.`
  )
}

/** What came with the model that the project started from. */
async function takenFiles(pretrained: string, family: EncoderFamily) {
  return {
    configuration: await configurationIn(pretrained),
    tokenizerFiles: await findTokenizer(pretrained, family)
  }
}

/** A tokenizer that was trained here. transformers takes the file as it stands for this class alone. */
function madeFiles({ content }: Tokenizer) {
  const config = {
    tokenizer_class: 'PreTrainedTokenizerFast',
    model_input_names: ['input_ids', 'token_type_ids', 'attention_mask'],
    ...literals
  }
  return {
    configuration: {},
    tokenizerFiles: [],
    tokenizerTexts: {
      'tokenizer.json': JSON.stringify(content, null, 2),
      'tokenizer_config.json': JSON.stringify(config, null, 2)
    }
  }
}

/** Of the tokens of `trainWordPieces`. */
const literals = {
  pad_token: '[PAD]',
  unk_token: '[UNK]',
  cls_token: '[CLS]',
  sep_token: '[SEP]',
  mask_token: '[MASK]'
}
