/** Checkpoint folders to spoil: copies of the golden ones. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll } from 'vitest'
import type { EncoderFamily, EncoderSizes } from '../../src-main/models/encoder.ts'
import { readTensors, type StoredTensor } from '../../src-main/files/safetensors.ts'
import { golden } from '../support/golden.ts'
import { bytesOf, tensorFile, type RawTensor } from '../support/tensor-file.ts'

export const checkpointNames = ['bert', 'roberta', 'distilbert', 'electra', 'minilm'] as const
export type CheckpointName = (typeof checkpointNames)[number]

/** What golden/encoders/NAME.json has about a folder (test/parity/encoders.py). */
export interface GoldenEncoder {
  family: EncoderFamily
  sizes: EncoderSizes
  labels: string[]
  headParameters?: Record<string, { shape: number[]; data: number[] }>
  parameters: Record<string, { shape: number[]; norm: number; sample: [number, number][] }>
}

export const goldenEncoder = (name: CheckpointName) => golden<GoldenEncoder>(`encoders/${name}`)

const made: string[] = []
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true })
})

/** A folder of its own that goes when the file's tests have run. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'erratum-checkpoint-'))
  made.push(folder)
  return folder
}

/** Path of a golden folder. */
export function goldenFolder(name: CheckpointName): string {
  return fileURLToPath(new URL(`../parity/golden/encoders/${name}`, import.meta.url))
}

/** A copy of a golden folder. */
export function copyOf(name: CheckpointName): string {
  const folder = join(temporaryFolder(), name)
  cpSync(goldenFolder(name), folder, { recursive: true })
  return folder
}

/** Sets fields of a folder's config.json; undefined takes one away. */
export function configure(folder: string, fields: Record<string, unknown>): void {
  const path = join(folder, 'config.json')
  const raw = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>
  writeFileSync(path, JSON.stringify({ ...raw, ...fields }))
}

/** Tensors of a folder's model.safetensors, to change and put back by `putWeights`. */
export async function weightsOf(folder: string): Promise<Map<string, RawTensor>> {
  const { tensors } = await readTensors(join(folder, 'model.safetensors'), '')
  return new Map(Array.from(tensors, ([name, tensor]) => [name, asRaw(tensor)]))
}

/** Writes tensors as one file of a folder. */
export function putWeights(
  folder: string,
  tensors: ReadonlyMap<string, RawTensor>,
  file = 'model.safetensors'
): void {
  writeFileSync(join(folder, file), tensorFile(tensors))
}

/** Changes a folder's tensors. */
export async function alterWeights(
  folder: string,
  alter: (tensors: Map<string, RawTensor>) => void
): Promise<void> {
  const tensors = await weightsOf(folder)
  alter(tensors)
  putWeights(folder, tensors)
}

/** Splits a folder's weights into shards of every third tensor, with their index. */
export async function shard(folder: string): Promise<void> {
  const tensors = [...(await weightsOf(folder))]
  const map: Record<string, string> = {}
  for (const n of [0, 1, 2]) {
    const file = `model-0000${n + 1}-of-00003.safetensors`
    const own = tensors.filter((_, i) => i % 3 === n)
    for (const [name] of own) map[name] = file
    putWeights(folder, new Map(own), file)
  }
  rmSync(join(folder, 'model.safetensors'))
  putIndex(folder, map)
}

/** Writes the index of shards. */
export function putIndex(folder: string, map: Record<string, string>): void {
  const index = { metadata: { total_size: 0 }, weight_map: map }
  writeFileSync(join(folder, 'model.safetensors.index.json'), JSON.stringify(index))
}

/** The map in the index of shards. */
export function indexOf(folder: string): Record<string, string> {
  const text = readFileSync(join(folder, 'model.safetensors.index.json'), 'utf8')
  return (JSON.parse(text) as { weight_map: Record<string, string> }).weight_map
}

function asRaw({ shape, data }: StoredTensor): RawTensor {
  return { dtype: 'F32', shape, bytes: bytesOf(data) }
}
