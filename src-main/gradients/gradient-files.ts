/**
 * The gradients of the whole training set at one checkpoint, as files in a folder: `words.bin` (see
 * `store.ts`) and `last.bin`, the features and logit gradients of every text, float32.
 */
import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeSync
} from 'node:fs'
import { join } from 'node:path'
import { ErratumError } from '../errors.ts'
import type { GradientExtractor, LabelledTexts } from './extractor.ts'
import { GradientStore, GradientStoreWriter } from './store.ts'

const wordsFile = 'words.bin'
const lastFile = 'last.bin'

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

/** Whether the folder holds the gradients already; they are named last, when they are complete. */
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
  const writer = new GradientStoreWriter(join(folder, `${wordsFile}.tmp`), size)
  let last: { features: Float32Array; logitGradients: Float32Array } | undefined
  let done = 0
  try {
    for await (const batch of extractor.extract(training, everyText, { positions, signal })) {
      for (const gradients of batch) {
        const { features, logitGradient, index } = gradients
        last ??= {
          features: new Float32Array(count * features.length),
          logitGradients: new Float32Array(count * logitGradient.length)
        }
        last.features.set(features, index * features.length)
        last.logitGradients.set(logitGradient, index * logitGradient.length)
        writer.add(gradients)
      }
      done += batch.length
      onText?.(done, count)
    }
  } finally {
    writer.finish()
  }
  const file = openSync(join(folder, `${lastFile}.tmp`), 'w')
  try {
    writeSync(file, last!.features)
    writeSync(file, last!.logitGradients)
  } finally {
    closeSync(file)
  }
  for (const name of [wordsFile, lastFile]) {
    renameSync(join(folder, `${name}.tmp`), join(folder, name))
  }
}

/** Opens the gradients of `count` texts of `classes` classes, with vectors of `size` numbers. */
export function openGradients(
  folder: string,
  { count, classes, size }: { count: number; classes: number; size: number }
): TrainingGradients {
  const path = join(folder, lastFile)
  const bytes = statSync(path).size
  const width = bytes / 4 / count
  if (!Number.isInteger(width) || width <= classes) {
    throw new ErratumError(
      'damaged-file',
      `${path} is damaged: ${bytes} bytes for ${count} texts. Delete the folder ${folder}: it is ` +
        `made anew from the checkpoint.`
    )
  }
  const numbers = new Float32Array(bytes / 4)
  numbers.set(new Float32Array(Uint8Array.from(readFileSync(path)).buffer))
  const features = numbers.subarray(0, count * (width - classes))
  const logitGradients = numbers.subarray(count * (width - classes))
  return { store: new GradientStore(join(folder, wordsFile), size), features, logitGradients }
}
