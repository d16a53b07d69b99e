/** Opening a checkpoint folder: everything that `inspectCheckpoint` has, and the tensors. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { throwIfCancelled } from '../errors.ts'
import type { Tensors } from '../executors/executor.ts'
import { TensorReader } from '../files/safetensors.ts'
import { sizeOf } from '../graph/ir.ts'
import { surveyCheckpoint, type InspectedCheckpoint, type Survey } from './inspect.ts'
import { putPart, type Placement } from './placements.ts'
import { damagedFile, refusal } from './refuse.ts'

export interface OpenedCheckpoint extends InspectedCheckpoint {
  /** Our parameters by name, those in `missing` left out; of the shapes in `shapes`. */
  readonly tensors: Tensors
  /** SHA-256 of config.json, the tokenizer's files and the weights, in hexadecimal. */
  readonly fingerprint: string
}

/**
 * Opens a folder. Beside the tensors themselves it takes as much memory as the largest of them does.
 * Throws `bad-checkpoint` where the folder contradicts itself or a weight is not a number, and
 * `cancelled`.
 */
export async function openCheckpoint(
  folder: string,
  { signal }: { signal?: AbortSignal } = {}
): Promise<OpenedCheckpoint> {
  const survey = await surveyCheckpoint(folder)
  const tensors = await readAll(survey, signal)
  return { ...survey.inspected, tensors, fingerprint: await fingerprintOf(survey, signal) }
}

async function readAll(survey: Survey, signal: AbortSignal | undefined): Promise<Tensors> {
  const readers = new Map<string, TensorReader>()
  const readerOf = async (path: string) => {
    const reader = readers.get(path) ?? (await TensorReader.open(path, damagedFile(path)))
    readers.set(path, reader)
    return reader
  }
  try {
    const tensors: Tensors = {}
    for (const placement of survey.placements) {
      throwIfCancelled(signal)
      tensors[placement.name] = await readOne(placement, survey, readerOf)
    }
    return tensors
  } finally {
    for (const reader of readers.values()) await reader.close()
  }
}

async function readOne(
  placement: Placement,
  { weights }: Survey,
  readerOf: (path: string) => Promise<TensorReader>
): Promise<Float32Array> {
  const isWhole = placement.from.length === 1 && !placement.transposed
  const ours = isWhole ? undefined : new Float32Array(sizeOf(placement.shape))
  for (const [index, name] of placement.from.entries()) {
    const { path, storedName } = weights.parts.get(name)!
    const reader = await readerOf(path)
    // `inspectCheckpoint` has refused what is not stored as floating point.
    const part = (await reader.read(storedName)).data as Float32Array
    requireNumbers(path, storedName, part)
    if (!ours) return part
    putPart(placement, index, { part, ours })
  }
  return ours!
}

function requireNumbers(path: string, name: string, values: Float32Array): void {
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(values[i])) continue
    throw refusal(
      path,
      `number ${i} of the tensor ${name} is ${values[i]}`,
      'The training of this model has failed, or the file is damaged. Choose another checkpoint.'
    )
  }
}

async function fingerprintOf(survey: Survey, signal: AbortSignal | undefined): Promise<string> {
  const { configurationPath, inspected, weights } = survey
  const hash = createHash('sha256')
  for (const path of [configurationPath, ...inspected.tokenizerFiles, ...weights.paths]) {
    throwIfCancelled(signal)
    const { size } = await stat(path)
    // Names and sizes keep the files' contents from running into each other.
    hash.update(JSON.stringify([basename(path), size]))
    const stream = createReadStream(path, { highWaterMark: 1 << 20 })
    for await (const chunk of stream) hash.update(chunk as Buffer)
  }
  return hash.digest('hex')
}
