/**
 * Checkpoints: the parameters at the end of an epoch as `checkpoint-EPOCH.safetensors`, named as the
 * model names them (`embedding` first), with epoch, step, learning rate and loss as metadata.
 */
import { join } from 'node:path'
import { ErratumError } from '../errors.ts'
import type { Tensors } from '../executors/executor.ts'
import type { StoredTensor } from '../files/safetensors.ts'
import { readTensors, writeTensors } from '../files/safetensors.ts'
import type { Model } from '../models/model.ts'
import { parameterShapes } from '../models/parameters.ts'
import type { EpochResult } from './trainer.ts'

const remedy = 'Train the project again (erratum train DIR).'

/** A plain loop: calling a function for each of millions takes eight times as long. */
function areNumbers(values: Float32Array): boolean {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return false
  return true
}

/** The file of an epoch's checkpoint. */
export function checkpointPath(folder: string, epoch: number): string {
  return join(folder, `checkpoint-${epoch}.safetensors`)
}

/** Writes the parameters at the end of an epoch. */
export async function writeCheckpoint(
  folder: string,
  model: Model,
  parameters: Tensors,
  result: EpochResult
): Promise<void> {
  const shapes = parameterShapes(model, parameters['embedding']!.length / model.embeddingSize)
  const tensors = new Map<string, StoredTensor>()
  for (const [name, shape] of shapes) tensors.set(name, { shape, data: parameters[name]! })
  const metadata = Object.fromEntries(
    Object.entries(result).map(([name, value]) => [name, String(value)])
  )
  await writeTensors(checkpointPath(folder, result.epoch), { tensors, metadata })
}

/** Reads a checkpoint; throws `damaged-file` unless it is whole and made for this model. */
export async function readCheckpoint(
  folder: string,
  epoch: number,
  { model, words }: { model: Model; words: number }
): Promise<Tensors> {
  const path = checkpointPath(folder, epoch)
  const { tensors } = await readTensors(path, remedy)
  const parameters: Tensors = {}
  for (const [name, shape] of parameterShapes(model, words)) {
    parameters[name] = checkedParameter(tensors.get(name), { path, name, shape, remedy })
  }
  return parameters
}

/** The numbers of a stored parameter; throws `damaged-file` unless they are whole, and numbers. */
export function checkedParameter(
  tensor: StoredTensor | undefined,
  expected: { path: string; name: string; shape: readonly number[]; remedy: string }
): Float32Array {
  const { path, name, shape } = expected
  const damaged = (what: string) =>
    new ErratumError('damaged-file', `${path} is damaged: ${name} ${what}. ${expected.remedy}`)
  if (!(tensor?.data instanceof Float32Array) || tensor.shape.join() !== shape.join()) {
    const found = tensor ? `of shape [${tensor.shape.join(', ')}]` : 'missing'
    throw damaged(`is ${found}, not [${shape.join(', ')}]`)
  }
  if (!areNumbers(tensor.data)) throw damaged('holds values that are not numbers')
  return tensor.data
}
