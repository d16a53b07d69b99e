/** Writes the base model out, for other programs. */
import { join } from 'node:path'
import { findTokenizer } from '../checkpoints/tokenizer-files.ts'
import { onnxFile, writeCheckpoint } from '../checkpoints/write.ts'
import { ErratumError } from '../errors.ts'
import type { EncoderFamily, EncoderSizes } from '../models/encoder.ts'
import { encoderFamilies } from '../models/encoder.ts'
import type { Tokenizer } from '../tokens/tokenizer.ts'
import { readCheckpoint } from '../training/checkpoints.ts'
import { configurationIn, pretrainedFolderOf } from './pretrained.ts'
import type { TrainedWorkspace } from './workspace.ts'

export interface ExportedModel {
  folder: string
  onnx: string
  epoch: number
}

/**
 * Writes the model of an epoch, the last unless given, as a Hugging Face folder with
 * `onnx/model.onnx` in it. The folder must not exist, or be empty. Throws `bad-argument` for a model
 * that transformers does not know.
 */
export async function exportModel(
  workspace: TrainedWorkspace,
  { out, epoch = workspace.base.epochs.at(-1)!.epoch }: { out: string; epoch?: number | undefined }
): Promise<ExportedModel> {
  const { project, modelName, model, modelFolder, dataset, tokenizer, base } = workspace
  const family = encoderFamilies.find((known): known is EncoderFamily => known === modelName)
  if (!family) {
    throw new ErratumError(
      'bad-argument',
      `A model of the kind ${modelName} has no form that transformers loads. Its checkpoints are ` +
        `the .safetensors files in ${modelFolder}.`
    )
  }
  if (!base.epochs.some((each) => each.epoch === epoch)) {
    throw new ErratumError(
      'bad-argument',
      `There is no checkpoint of epoch ${epoch}; the epochs are 1 to ${base.epochs.length}.`
    )
  }
  const parameters = await readCheckpoint(modelFolder, epoch, { model, words: tokenizer.size })
  const { sizes, checkpoint } = project.settings.model
  await writeCheckpoint(out, {
    family,
    sizes: sizes as unknown as EncoderSizes,
    labels: dataset.labels,
    tensors: parameters,
    ...(checkpoint ? await takenFiles(pretrainedFolderOf(project), family) : madeFiles(tokenizer)),
    withOnnx: true
  })
  return { folder: out, onnx: join(out, onnxFile), epoch }
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
