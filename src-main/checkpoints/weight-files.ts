/** Where the tensors of a folder are: in model.safetensors, or in the shards that an index names. */
import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { z } from 'zod'
import { TensorReader } from '../files/safetensors.ts'
import type { TensorEntry } from '../files/safetensors-header.ts'
import { readObject, type Configuration } from './configuration.ts'
import { damagedFile, refusal } from './refuse.ts'

export const weightsFile = 'model.safetensors'
export const indexFile = 'model.safetensors.index.json'

export interface StoredPart {
  /** Path of the file, and the tensor's name in it. */
  readonly path: string
  readonly storedName: string
  readonly entry: TensorEntry
}

export interface WeightFiles {
  /** The file to name where a tensor is nowhere: the index, or the only file. */
  readonly path: string
  /** Paths of all files, the index among them. */
  readonly paths: readonly string[]
  /** By the name that transformers gives the tensor today. */
  readonly parts: ReadonlyMap<string, StoredPart>
}

const indexSchema = z.object({ weight_map: z.record(z.string(), z.string()) })
/** Formats that hold weights but are not opened. Pickles first. */
const pickle = /\.(bin|pt|pth|ckpt|pkl)$/
const otherFormat = /\.(h5|msgpack|onnx|gguf)$/

/** Finds the tensors of a folder by the heads of its files alone. */
export async function findWeights(
  folder: string,
  configuration: Configuration
): Promise<WeightFiles> {
  const names = await readdir(folder)
  if (names.includes(weightsFile)) {
    const path = join(folder, weightsFile)
    return { path, paths: [path], parts: await partsOfFile(path) }
  }
  if (names.includes(indexFile)) return findShards(folder, join(folder, indexFile), names)
  throw noWeights(folder, names, configuration)
}

async function findShards(
  folder: string,
  path: string,
  names: readonly string[]
): Promise<WeightFiles> {
  const index = indexSchema.safeParse(await readObject(path))
  if (!index.success) {
    throw refusal(path, 'it has no weight_map from names of tensors to names of files')
  }
  const map = Object.entries(index.data.weight_map)
  const shards = [...new Set(map.map(([, shard]) => shard))].sort()
  const partsByShard = new Map<string, Map<string, StoredPart>>()
  for (const shard of shards) {
    if (basename(shard) !== shard || shard.includes('\\')) {
      throw refusal(path, `weight_map names ${JSON.stringify(shard)}, which is not in the folder`)
    }
    if (!names.includes(shard)) {
      throw refusal(
        path,
        `weight_map names ${shard}, which is missing from the folder`,
        'Copy or download this file too.'
      )
    }
    partsByShard.set(shard, await partsOfFile(join(folder, shard)))
  }
  const parts = new Map<string, StoredPart>()
  for (const [storedName, shard] of map) {
    const name = currentName(storedName)
    const part = partsByShard.get(shard)!.get(name)
    if (!part) throw refusal(path, `weight_map has ${storedName} in ${shard}, where it is not`)
    parts.set(name, part)
  }
  return { path, paths: [path, ...shards.map((shard) => join(folder, shard))], parts }
}

async function partsOfFile(path: string): Promise<Map<string, StoredPart>> {
  const reader = await TensorReader.open(path, damagedFile(path))
  await reader.close()
  const entries = [...reader.header.entries]
  return new Map(
    entries.map(([storedName, entry]) => [currentName(storedName), { path, storedName, entry }])
  )
}

/** Early checkpoints call the scale and shift of a normalisation gamma and beta. */
function currentName(name: string): string {
  return name
    .replace(/LayerNorm\.gamma$/, 'LayerNorm.weight')
    .replace(/LayerNorm\.beta$/, 'LayerNorm.bias')
}

function noWeights(folder: string, names: readonly string[], { classifies }: Configuration) {
  const found = names.find((name) => pickle.test(name))
  if (found) {
    return refusal(
      folder,
      `the weights are in ${found} alone, a pickle, which can run any program when it is read`,
      `If you trust it, convert it with Python and transformers:\n${conversion(folder, classifies)}\nThen open the folder again.`
    )
  }
  const other = names.find((name) => otherFormat.test(name))
  const instead = other ? `; ${other} is of a format that is not opened` : ''
  return refusal(folder, `it has no ${weightsFile} and no ${indexFile}${instead}`)
}

/** Two lines of Python that write the weights of a folder as safetensors, into it. */
function conversion(folder: string, classifies: boolean): string {
  const name = classifies ? 'AutoModelForSequenceClassification' : 'AutoModel'
  const place = JSON.stringify(folder)
  return [
    `  from transformers import ${name}`,
    `  ${name}.from_pretrained(${place}).save_pretrained(${place}, safe_serialization=True)`
  ].join('\n')
}
