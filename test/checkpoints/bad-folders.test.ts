import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { inspectCheckpoint } from '../../src-main/checkpoints/inspect.ts'
import { openCheckpoint } from '../../src-main/checkpoints/open.ts'
import { bytesOf, withHead } from '../support/tensor-file.ts'
import {
  alterWeights,
  configure,
  copyOf,
  goldenFolder,
  indexOf,
  putIndex,
  shard,
  temporaryFolder,
  weightsOf,
  type CheckpointName
} from './support.ts'

interface Bad {
  /** bert unless given. */
  name?: CheckpointName
  spoil(folder: string): unknown
  message: RegExp
}

/** By opening and by inspecting: the message names the file, the place and the remedy. */
function refuses(cases: Record<string, Bad>): void {
  it.each(Object.entries(cases))('%s', async (_, { name = 'bert', spoil, message }) => {
    const folder = copyOf(name)
    await spoil(folder)
    const error = await inspectCheckpoint(folder).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'bad-checkpoint' })
    expect((error as Error).message).toMatch(message)
    expect((error as Error).message.startsWith(folder)).toBe(true)
    await expect(openCheckpoint(folder)).rejects.toThrow((error as Error).message)
  })
}

const remove = (file: string) => (folder: string) => rmSync(join(folder, file))
const set = (fields: Record<string, unknown>) => (folder: string) => configure(folder, fields)
const putConfig = (text: string) => (folder: string) =>
  writeFileSync(join(folder, 'config.json'), text)

describe('a folder that lacks a file is refused', () => {
  refuses({
    'no config.json': {
      spoil: remove('config.json'),
      message: /config\.json: there is no such file\. Choose a folder that has config\.json,/
    },
    'no weights': {
      spoil: remove('model.safetensors'),
      message:
        /bert: it has no model\.safetensors and no model\.safetensors\.index\.json\. Download/
    },
    'weights of another format': {
      spoil: (folder) => renameSync(join(folder, 'model.safetensors'), join(folder, 'tf_model.h5')),
      message: /; tf_model\.h5 is of a format that is not opened\. Download/
    },
    'no tokenizer': {
      name: 'roberta',
      spoil: remove('tokenizer.json'),
      message:
        /roberta: it has no tokenizer\.json\. Write it with [^]*AutoTokenizer\.from_pretrained\(".*roberta"\)\.save/
    },
    'neither tokenizer.json nor vocab.txt': {
      spoil(folder) {
        remove('tokenizer.json')(folder)
        remove('vocab.txt')(folder)
      },
      message: /bert: it has no tokenizer\.json and no vocab\.txt\. Write it/
    }
  })

  it('but vocab.txt is enough', async () => {
    const folder = copyOf('bert')
    remove('tokenizer.json')(folder)
    const { tokenizerFiles } = await inspectCheckpoint(folder)
    expect(tokenizerFiles).toEqual(
      ['tokenizer_config.json', 'vocab.txt'].map((file) => join(folder, file))
    )
  })

  it('or is no folder', async () => {
    const folder = temporaryFolder()
    await expect(inspectCheckpoint(join(folder, 'none'))).rejects.toThrow(
      /none: there is no such folder\. Correct the path\.$/
    )
    await expect(
      inspectCheckpoint(join(goldenFolder('bert'), 'model.safetensors'))
    ).rejects.toThrow(/it is a file, not a folder\. Choose the folder of a model \(BERT, RoBERTa/)
  })
})

describe('a pickle is refused, with how to convert it', () => {
  const pickle = (folder: string) =>
    renameSync(join(folder, 'model.safetensors'), join(folder, 'pytorch_model.bin'))
  const message = (name: string) =>
    new RegExp(
      `the weights are in pytorch_model\\.bin alone, a pickle, .*\\. If you trust it, .*:\n` +
        `  from transformers import ${name}\n` +
        `  ${name}\\.from_pretrained\\("(.*)"\\)\\.save_pretrained\\("\\1", safe_serialization=True\\)\n` +
        `Then open the folder again\\.$`
    )
  refuses({
    'of a classifier': { spoil: pickle, message: message('AutoModelForSequenceClassification') },
    'of an encoder': { name: 'minilm', spoil: pickle, message: message('AutoModel') }
  })
})

describe('a config.json is refused', () => {
  refuses({
    'that is no JSON': { spoil: putConfig('{"a": '), message: /config\.json: it is not JSON \(/ },
    'that is no object': {
      spoil: putConfig('[]'),
      message: /json: it is not a JSON object\. Down/
    },
    'of an unknown family': {
      spoil: set({ model_type: 'gpt2' }),
      message: /model_type is "gpt2"\. Erratum opens bert, roberta, distilbert, electra\. Choose/
    },
    'of no family': { spoil: set({ model_type: undefined }), message: /model_type is missing\. / },
    'with another activation': {
      spoil: set({ hidden_act: 'gelu_new' }),
      message: /config\.json: hidden_act is "gelu_new"\. Erratum computes "gelu" alone\./
    },
    'with another activation of DistilBERT': {
      name: 'distilbert',
      spoil: set({ activation: 'relu' }),
      message: /activation is "relu"/
    },
    'with relative positions': {
      spoil: set({ position_embedding_type: 'relative_key' }),
      message: /position_embedding_type is "relative_key"\. Choose a model without it\./
    },
    'of a decoder': { spoil: set({ is_decoder: true }), message: /is_decoder is set/ },
    'with cross attention': {
      spoil: set({ add_cross_attention: true }),
      message: /add_cross_attention is set/
    },
    'of a quantized model': {
      spoil: set({ quantization_config: { bits: 4 } }),
      message: /quantization_config is set/
    },
    'with pruned heads': {
      spoil: set({ pruned_heads: { 0: [1] } }),
      message: /pruned_heads is set/
    },
    'without a size': {
      spoil: set({ num_hidden_layers: undefined }),
      message: /config\.json: it has no num_hidden_layers\. Download/
    },
    'with a size that is none': {
      spoil: set({ hidden_size: '16' }),
      message: /config\.json: hidden_size is "16", not a size/
    },
    'with an absurd size': {
      spoil: set({ num_hidden_layers: 1e9 }),
      message: /num_hidden_layers is 1000000000, not a size/
    },
    'with more layers than can be': {
      spoil: set({ num_hidden_layers: 1001 }),
      message: /num_hidden_layers is 1001, not a size/
    },
    'with no heads': {
      spoil: set({ num_attention_heads: 0 }),
      message: /num_attention_heads is 0, not a size/
    },
    'with heads that do not divide the width': {
      spoil: set({ num_attention_heads: 3 }),
      message: /3 attention heads do not divide a width of 16/
    },
    'with an epsilon that is none': {
      spoil: set({ layer_norm_eps: 0 }),
      message: /layer_norm_eps is 0, not a number between 0 and 1/
    },
    'with the id of a special token out of range': {
      spoil: set({ pad_token_id: 52 }),
      message: /config\.json: pad_token_id is 52, but vocab_size is 52/
    },
    'with too few labels': {
      spoil: set({ id2label: { 0: 'good', 1: 'bad' } }),
      message: /id2label names 2 labels, but the classifier's weights have 3/
    },
    'with labels of other numbers': {
      spoil: set({ id2label: { 1: 'a', 2: 'b', 3: 'c' } }),
      message: /id2label has no text for label 0/
    },
    'with labels of one name': {
      spoil: set({ id2label: { 0: 'a', 1: 'b', 2: 'a' } }),
      message: /id2label gives two labels one name/
    }
  })
})

describe('weights that disagree with config.json are refused', () => {
  const without = (name: string) => (folder: string) =>
    alterWeights(folder, (tensors) => tensors.delete(name))
  refuses({
    'fewer layers': {
      spoil: set({ num_hidden_layers: 3 }),
      message:
        /safetensors: it lacks the tensor bert\.encoder\.layer\.2\..*, which .*config\.json asks/
    },
    'more layers': {
      spoil: set({ num_hidden_layers: 1 }),
      message: /it has the tensor bert\.encoder\.layer\.1\..*, but .*config\.json has 1 layers/
    },
    'another width': {
      spoil: set({ intermediate_size: 64 }),
      message:
        /intermediate\.dense\.weight has the shape \[32, 16\], but by .*config\.json it must be \[64, 16\]/
    },
    'another vocabulary': {
      spoil: set({ vocab_size: 51 }),
      message: /word_embeddings\.weight has the shape \[52, 16\], .* must be \[51, 16\]/
    },
    'other positions': {
      spoil: set({ max_position_embeddings: 64 }),
      message: /position_embeddings\.weight has the shape \[40, 16\]/
    },
    'ELECTRA without its projection': {
      name: 'electra',
      spoil: without('electra.embeddings_project.weight'),
      message: /it lacks the tensor electra\.embeddings_project\.weight/
    },
    'a classifier without the layer before it': {
      name: 'distilbert',
      spoil: without('pre_classifier.weight'),
      message: /it lacks the tensor pre_classifier\.weight/
    },
    'a tensor of another model': {
      spoil: (folder) =>
        writeFileSync(join(folder, 'model.safetensors'), withHead({ __metadata__: {} })),
      message: /it lacks the tensor embeddings\.word_embeddings\.weight/
    },
    'numbers of another kind': {
      spoil: (folder) =>
        alterWeights(folder, (tensors) => {
          const bytes = bytesOf(new Float64Array(3))
          tensors.set('classifier.bias', { dtype: 'F64', shape: [3], bytes })
        }),
      message: /the tensor classifier\.bias is in F64\. Erratum reads F32, F16, BF16\. Save/
    }
  })
})

describe('damaged weights are refused', () => {
  const rewrite = (change: (bytes: Buffer) => Buffer) => (folder: string) => {
    const path = join(folder, 'model.safetensors')
    writeFileSync(path, change(readFileSync(path)))
  }
  const inHead = (from: string, to: string) =>
    rewrite((bytes) => Buffer.from(bytes.toString('latin1').replace(from, to), 'latin1'))
  refuses({
    'cut off': {
      spoil: (folder) => truncateSync(join(folder, 'model.safetensors'), 20_000),
      message:
        /model\.safetensors is damaged: the tensor .* is cut off: .*\. Download or copy the folder again\.$/
    },
    'cut off in the head': {
      spoil: (folder) => truncateSync(join(folder, 'model.safetensors'), 100),
      message: /is damaged: it ends within its header/
    },
    empty: {
      spoil: (folder) => truncateSync(join(folder, 'model.safetensors'), 0),
      message: /is damaged: it has only 0 bytes/
    },
    'a text in its place': {
      spoil: (folder) =>
        writeFileSync(
          join(folder, 'model.safetensors'),
          'version https://git-lfs.github.com/spec/v1'
        ),
      message: /is damaged: it ends within its header\. Download/
    },
    'longer than it says': {
      spoil: (folder) => appendFileSync(join(folder, 'model.safetensors'), 'more'),
      message: /is damaged: 4 bytes at its end belong to no tensor/
    },
    'a shape that is not': {
      spoil: inHead('"shape":[3,16]', '"shape":[3,17]'),
      message:
        /the tensor classifier\.weight of shape \[3, 17\] in F32 has 192 bytes instead of 204/
    },
    'the same name twice': {
      spoil: inHead(
        '"bert.encoder.layer.1.output.dense.bias"',
        '"bert.encoder.layer.0.output.dense.bias"'
      ),
      message: /its header has the tensor bert\.encoder\.layer\.0\.output\.dense\.bias twice/
    },
    'a folder in its place': {
      spoil(folder) {
        remove('model.safetensors')(folder)
        mkdirSync(join(folder, 'model.safetensors'))
      },
      message: /model\.safetensors is damaged: it cannot be read\. Download or copy/
    }
  })

  it.each([
    ['NaN', NaN],
    ['-Infinity', -Infinity]
  ])('%s among the numbers', async (text, value) => {
    const folder = copyOf('bert')
    await alterWeights(folder, (tensors) => {
      const { bytes } = tensors.get('bert.encoder.layer.1.attention.self.key.bias')!
      new DataView(bytes.buffer, bytes.byteOffset).setFloat32(4 * 5, value, true)
    })
    await expect(openCheckpoint(folder)).rejects.toThrow(
      `model.safetensors: number 5 of the tensor bert.encoder.layer.1.attention.self.key.bias is ${text}. The training of this model has failed,`
    )
  })
})

describe('shards that do not fit are refused', () => {
  const first = 'model-00001-of-00003.safetensors'
  const sharded = (spoil: (folder: string) => unknown) => async (folder: string) => {
    await shard(folder)
    await spoil(folder)
  }
  const mapped = (change: (map: Record<string, string>) => Record<string, string>) =>
    sharded((folder) => {
      putIndex(folder, change(indexOf(folder)))
    })
  refuses({
    'a shard that is missing': {
      spoil: sharded(remove(first)),
      message: /index\.json: weight_map names model-00001-of-00003\.safetensors, which is missing/
    },
    'a shard that is damaged': {
      spoil: sharded((folder) => truncateSync(join(folder, first), 3000)),
      message: /model-00001-of-00003\.safetensors is damaged: .*is cut off/
    },
    'an index that names the wrong shard': {
      spoil: mapped((map) => ({ ...map, 'classifier.bias': first.replace('1-', '2-') })),
      message:
        /index\.json: weight_map has classifier\.bias in model-00002.*, where it is not\. Down/
    },
    'an index that leaves a tensor out': {
      spoil: mapped((map) =>
        Object.fromEntries(Object.entries(map).filter(([name]) => name !== 'classifier.bias'))
      ),
      message: /index\.json: it lacks the tensor classifier\.bias/
    },
    'an index that leads out of the folder': {
      spoil: mapped((map) => ({ ...map, 'classifier.bias': '../model.safetensors' })),
      message: /weight_map names "\.\.\/model\.safetensors", which is not in the folder/
    },
    'an index without a map': {
      spoil: sharded((folder) =>
        writeFileSync(join(folder, 'model.safetensors.index.json'), '{"weight_map": []}')
      ),
      message: /index\.json: it has no weight_map from names of tensors to names of files/
    }
  })
})

it('says where an index has a tensor of the wrong shape', async () => {
  const folder = copyOf('bert')
  await shard(folder)
  configure(folder, { type_vocab_size: 3 })
  await expect(inspectCheckpoint(folder)).rejects.toThrow(
    /model-0000\d-of-00003\.safetensors: the tensor bert\.embeddings\.token_type_embeddings\.weight/
  )
  expect((await weightsOf(goldenFolder('bert'))).size).toBe(41)
})

it('names no classifier of a folder where the layer is all there is', async () => {
  const folder = copyOf('bert')
  await alterWeights(folder, (tensors) => {
    tensors.delete('classifier.weight')
    tensors.delete('classifier.bias')
  })
  const { labels, missing } = await inspectCheckpoint(folder)
  expect(labels).toBeUndefined()
  expect(missing).toEqual(['classifier.weight', 'classifier.bias'])
})
