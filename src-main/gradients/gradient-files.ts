/**
 * The gradients of the whole training set at one checkpoint, as files in a folder: `words.bin` (see
 * `store.ts`), and `last.safetensors` with `features` [texts, features] and `logitGradients`
 * [texts, classes], the two factors of each text's gradient of the last layer.
 */
import { existsSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { ErratumError } from '../errors.ts'
import { readTensors, writeTensors } from '../files/safetensors.ts'
import { explainWriteError } from '../files/write-errors.ts'
import type { GradientExtractor, LabelledTexts } from './extractor.ts'
import { GradientStore, GradientStoreWriter } from './store.ts'

const wordsFile = 'words.bin'
const lastFile = 'last.safetensors'

export interface TrainingGradients {
  readonly store: GradientStore
  /** [texts, features] */
  readonly features: Float32Array
  /** [texts, classes] */
  readonly logitGradients: Float32Array
}

export interface WriteOptions {
  /** Positions of each text that count. */
  positions: number
  /** Numbers in an embedding. */
  size: number
  onText?(done: number, total: number): void
  signal?: AbortSignal
}

/** Whether the folder holds the gradients already; the second file is written last. */
export function haveGradients(folder: string): boolean {
  return existsSync(join(folder, lastFile))
}

/** Extracts the gradients of all training texts into an existing folder. */
export async function writeGradients(
  folder: string,
  extractor: GradientExtractor,
  training: LabelledTexts,
  { positions, size, onText, signal }: WriteOptions
): Promise<void> {
  const count = training.classes.length
  const everyText = Array.from({ length: count }, (_, index) => index)
  const path = join(folder, wordsFile)
  const writer = new GradientStoreWriter(`${path}.tmp`, size)
  const features = new RowTable(count)
  const logitGradients = new RowTable(count)
  let done = 0
  try {
    for await (const batch of extractor.extract(training, everyText, { positions, signal })) {
      for (const gradients of batch) {
        features.set(gradients.index, gradients.features)
        logitGradients.set(gradients.index, gradients.logitGradient)
        writer.add(gradients)
      }
      done += batch.length
      onText?.(done, count)
    }
    writer.finish()
  } catch (error) {
    writer.abandon()
    throw explainWriteError(path, error)
  }
  renameSync(`${path}.tmp`, path)
  const tensors = new Map([
    ['features', features.tensor],
    ['logitGradients', logitGradients.tensor]
  ])
  const metadata = { positions: extractor.ruleFor(positions) }
  await writeTensors(join(folder, lastFile), { tensors, metadata })
}

export interface ExpectedGradients {
  /** Texts. */
  count: number
  classes: number
  /** Numbers in an embedding. */
  size: number
  /** The rule by which positions count (`ruleOf`). */
  positions: string
}

/** The rule of files that do not name one. */
const unnamedRule = '10'

/** Opens gradients; throws `damaged-file` where they are not those that are expected. */
export async function openGradients(
  folder: string,
  { count, classes, size, positions }: ExpectedGradients
): Promise<TrainingGradients> {
  const path = join(folder, lastFile)
  const remedy = `Delete the folder ${folder}: it is made anew from the checkpoint.`
  const { tensors, metadata } = await readTensors(path, remedy)
  const rule = metadata['positions'] ?? unnamedRule
  if (rule !== positions) {
    const rules = `of ${rule} positions of a text, not of ${positions}`
    throw new ErratumError('damaged-file', `${path} holds gradients ${rules}. ${remedy}`)
  }
  const table = (name: string, width?: number): Float32Array => {
    const { shape, data } = tensors.get(name) ?? {}
    if (data instanceof Float32Array && shape?.[0] === count && shape[1] === (width ?? shape[1])) {
      return data
    }
    throw new ErratumError('damaged-file', `${path} is not of ${count} texts (${name}). ${remedy}`)
  }
  const features = table('features')
  const logitGradients = table('logitGradients', classes)
  return { store: new GradientStore(join(folder, wordsFile), size), features, logitGradients }
}

/** Rows of equal width, in any order; the first says how wide they are. */
class RowTable {
  readonly #count: number
  #data = new Float32Array(0)
  #width = 0

  constructor(count: number) {
    this.#count = count
  }

  get tensor() {
    return { shape: [this.#count, this.#width], data: this.#data }
  }

  set(row: number, values: Float32Array): void {
    if (this.#data.length === 0) {
      this.#width = values.length
      this.#data = new Float32Array(this.#count * values.length)
    }
    this.#data.set(values, row * this.#width)
  }
}
