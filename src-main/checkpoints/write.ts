/** A model as a Hugging Face folder, which transformers loads and `openCheckpoint` opens again. */
import { readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { makeFolderWhole } from '../dataset/work-folder.ts'
import { throwIfCancelled } from '../errors.ts'
import type { Tensors } from '../executors/executor.ts'
import { writeTensors, type MadeTensor } from '../files/safetensors.ts'
import { makeFolder, writeFileAtomically, writeJsonAtomically } from '../files/write.ts'
import { sizeOf } from '../graph/ir.ts'
import { configurationFile, type RawConfiguration } from './configuration.ts'
import type { EncoderFamily, EncoderSizes } from '../models/encoder.ts'
import { encoder } from '../models/encoder.ts'
import { families } from './families.ts'
import {
  classifierPlacements,
  encoderPlacements,
  poolerPlacements,
  shapeOfParts,
  takePart,
  type Placement
} from './placements.ts'
import { weightsFile } from './weight-files.ts'
import { writeOnnx } from './write-onnx.ts'

/** A model with its classifier, and what came with it. */
export interface WritableCheckpoint {
  readonly family: EncoderFamily
  readonly sizes: EncoderSizes
  /** In the order of the classifier's columns. */
  readonly labels: readonly string[]
  /** All parameters under our names. */
  readonly tensors: Tensors
  /** config.json of the folder that the model was opened from; empty for one that was made here. */
  readonly configuration: RawConfiguration
  /** Paths of the tokenizer's files, copied as they are. */
  readonly tokenizerFiles: readonly string[]
  /** Further files of the tokenizer, by name: what they hold. */
  readonly tokenizerTexts?: Readonly<Record<string, string>>
  /** Whether the folder gets `onnx/model.onnx` as well. */
  readonly withOnnx?: boolean
}

export interface WriteOptions {
  signal?: AbortSignal | undefined
  /** Whether the folder takes the place of what is there already, which stays until then. */
  replaces?: boolean | undefined
  /** Told of the share of the bytes that is written, from 0 to 1, and of what is being written. */
  onWritten?: ((share: number, what: string) => void) | undefined
}

/** Where transformers.js looks for it. */
export const onnxFile = join('onnx', 'model.onnx')

/**
 * Writes a folder, all or nothing; it must not exist, or be empty, unless it is to be replaced.
 * Throws `cannot-write`. No second copy of the weights is held, but of one tensor at a time. The
 * signal is heeded between tensors, and between stretches of the ONNX file.
 */
export async function writeCheckpoint(
  folder: string,
  model: WritableCheckpoint,
  { signal, replaces, onWritten }: WriteOptions = {}
): Promise<void> {
  const placements = placementsOf(model)
  for (const placement of placements) requireTensor(placement, model.tensors)
  // The ONNX file is as large as the weights.
  const files = model.withOnnx ? 2 : 1
  const written = (file: number, what: string) => (share: number) => {
    throwIfCancelled(signal)
    onWritten?.((file + share) / files, what)
  }
  const fill = async (partial: string) => {
    await writeJsonAtomically(join(partial, configurationFile), configurationFor(model))
    for (const path of model.tokenizerFiles) {
      await writeFileAtomically(join(partial, basename(path)), await readFile(path))
    }
    for (const [name, text] of Object.entries(model.tokenizerTexts ?? {})) {
      await writeFileAtomically(join(partial, name), text)
    }
    const onWeights = written(0, 'Writing the weights')
    onWeights(0)
    await writeTensors(join(partial, weightsFile), {
      tensors: partsOf(placements, model.tensors, onWeights),
      // transformers refuses a file that does not say so.
      metadata: { format: 'pt' }
    })
    throwIfCancelled(signal)
    if (!model.withOnnx) return
    await makeFolder(join(partial, dirname(onnxFile)))
    const { family, sizes, labels, tensors } = model
    const onOnnx = written(1, 'Writing the ONNX file')
    onOnnx(0)
    await writeOnnx(join(partial, onnxFile), encoder(family, sizes, labels.length), {
      parameters: tensors,
      onWritten: onOnnx
    })
    throwIfCancelled(signal)
  }
  await makeFolderWhole(folder, fill, { replaces })
}

function placementsOf({ family, sizes, labels, tensors }: WritableCheckpoint): Placement[] {
  const model = { family, sizes, words: wordsOf(sizes, tensors) }
  const prefix = `${family}.`
  return [
    ...encoderPlacements(model, prefix),
    ...poolerPlacements(model, prefix),
    ...classifierPlacements(model, labels.length)
  ]
}

function wordsOf({ embedding }: EncoderSizes, tensors: Tensors): number {
  return tensors['embedding']!.length / embedding
}

/** config.json as it came, but for what training has changed. */
function configurationFor({ family, sizes, labels, configuration, tensors }: WritableCheckpoint) {
  const { classifierClass, activationField, sizes: sources } = families[family]
  const fields = Object.entries(sources).map(([name, source]) =>
    typeof source === 'number' ? [] : [[source.field, sizes[name as keyof EncoderSizes]]]
  )
  const dtypeFields = ['dtype', 'torch_dtype'].filter((field) => field in configuration)
  return {
    ...Object.fromEntries(fields.flat()),
    vocab_size: wordsOf(sizes, tensors),
    [activationField]: 'gelu',
    ...configuration,
    // transformers counts id2label, and takes a number beside it for a second opinion.
    num_labels: undefined,
    ...Object.fromEntries(dtypeFields.map((field) => [field, 'float32'])),
    architectures: [classifierClass],
    model_type: family,
    id2label: Object.fromEntries(labels.map((label, id) => [String(id), label])),
    label2id: Object.fromEntries(labels.map((label, id) => [label, id])),
    problem_type: 'single_label_classification'
  }
}

/** Their tensors by name, each made from ours when it is written; `onMade` is told the share before it. */
function partsOf(
  placements: readonly Placement[],
  tensors: Tensors,
  onMade: (share: number) => void
): Map<string, MadeTensor> {
  const parts = new Map<string, MadeTensor>()
  // Each is made twice: the checksum comes first.
  const total = 2 * placements.reduce((sum, { shape }) => sum + sizeOf(shape), 0)
  let made = 0
  for (const placement of placements) {
    const shape = shapeOfParts(placement)
    const make = (index: number) => {
      onMade(made / total)
      made += sizeOf(shape)
      return takePart(placement, index, tensors[placement.name]!)
    }
    for (const [index, name] of placement.from.entries()) {
      parts.set(name, { shape, make: () => make(index) })
    }
  }
  return parts
}

function requireTensor({ name, shape }: Placement, tensors: Tensors): void {
  const length = tensors[name]?.length
  if (length === sizeOf(shape)) return
  throw new Error(`${name} has ${length} numbers, not the shape [${shape.join(', ')}].`)
}
