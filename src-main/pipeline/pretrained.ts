/** The pretrained model that a project starts from: taken from its folder once, and kept. */
import { existsSync } from 'node:fs'
import { copyFile, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { z } from 'zod'
import { checkPieces } from '../checkpoints/check-pieces.ts'
import type { InspectedCheckpoint } from '../checkpoints/inspect.ts'
import { inspectCheckpoint } from '../checkpoints/inspect.ts'
import { checkLabels } from '../checkpoints/labels.ts'
import { openCheckpoint } from '../checkpoints/open.ts'
import type { Tensors } from '../executors/executor.ts'
import { readJson } from '../files/read-json.ts'
import { readTensors, writeTensors } from '../files/safetensors.ts'
import { makeFolder, writeJsonAtomically } from '../files/write.ts'
import type { Preset } from '../models/models.ts'
import { models } from '../models/models.ts'
import { embeddingName, parameterShapes } from '../models/parameters.ts'
import type { Project } from '../project/project.ts'
import type { ProjectSettings } from '../project/settings.ts'
import { PieceTokenizer } from '../tokens/pieces/piece-tokenizer.ts'
import { checkedParameter } from '../training/checkpoints.ts'

/** The folder in a project, and its files beside those of the tokenizer. */
const names = {
  folder: 'pretrained',
  parameters: 'parameters.safetensors',
  configuration: 'config.json'
} as const

const remedy = 'Make the project again (erratum init) from the folder of the model.'

/** Where a project keeps the model that it starts from. */
export function pretrainedFolderOf({ folder }: Pick<Project, 'folder'>): string {
  return join(folder, names.folder)
}

/** The model of a Hugging Face folder. */
export function modelIn({ family, sizes }: InspectedCheckpoint): Preset {
  return { name: family, sizes: { ...sizes } }
}

/** Looks at a Hugging Face folder; throws `bad-checkpoint` unless its parts fit each other. */
export async function inspectModel(folder: string): Promise<InspectedCheckpoint> {
  const found = await inspectCheckpoint(folder)
  const { pieces, special } = await openPieces(folder)
  checkPieces(found, { pieces, special: { ...special } })
  return found
}

/** What becomes of a folder's classifier. */
interface HeadOptions {
  /** Of the data. */
  labels: readonly string[]
  /** Leaves it out, to be learnt from the beginning. */
  newHead: boolean
}

/**
 * Takes the model of a Hugging Face folder into a project: its parameters under our names, its
 * config.json and the files of its tokenizer. Returns what project.json says of it.
 */
export async function takeModel(
  folder: string,
  project: string,
  { labels, newHead, signal }: HeadOptions & { signal: AbortSignal | undefined }
): Promise<NonNullable<ProjectSettings['model']['checkpoint']>> {
  const opened = checkLabels(await openCheckpoint(folder, signal ? { signal } : {}), labels, {
    newHead
  })
  const into = pretrainedFolderOf({ folder: project })
  await makeFolder(into)
  for (const path of opened.tokenizerFiles) await copyFile(path, join(into, basename(path)))
  await writeJsonAtomically(join(into, names.configuration), opened.configuration)
  const tensors = new Map(
    Object.entries(opened.tensors).map(([name, data]) => {
      return [name, { shape: opened.shapes.get(name)!, data }] as const
    })
  )
  await writeTensors(join(into, names.parameters), { tensors, metadata: {} })
  const { fingerprint, words } = opened
  return { folder, fingerprint, words }
}

/** The parameters that a project's trainings start from; what is not among them is drawn. */
export async function readPretrained(
  folder: string,
  { name, sizes }: Preset,
  classes: number
): Promise<Tensors> {
  const path = join(folder, names.parameters)
  const { tensors } = await readTensors(path, remedy)
  const model = models[name].create(sizes, classes)
  const words = tensors.get(embeddingName)?.shape[0] ?? 0
  const given: Tensors = {}
  for (const [parameter, shape] of parameterShapes(model, words)) {
    const tensor = tensors.get(parameter)
    if (tensor)
      given[parameter] = checkedParameter(tensor, { path, name: parameter, shape, remedy })
  }
  return given
}

/** The tokenizer of a folder, Hugging Face's or a project's copy of one. */
export async function openPieces(folder: string): Promise<PieceTokenizer> {
  const path = join(folder, 'tokenizer.json')
  const configPath = join(folder, 'tokenizer_config.json')
  // transformers goes by its class's defaults where there is none.
  const config = existsSync(configPath) ? await readObject(configPath) : {}
  if (existsSync(path)) return PieceTokenizer.fromJson(path, await readObject(path), config)
  const listPath = join(folder, 'vocab.txt')
  const lines = (await readFile(listPath, 'utf8')).replace(/\r?\n$/, '').split(/\r?\n/)
  const { do_lower_case: lowerCase } = z
    .object({ do_lower_case: z.boolean().catch(true) })
    .parse(config)
  return PieceTokenizer.fromVocabulary(listPath, lines, { lowerCase })
}

/** config.json of the model that a project started from. */
export function configurationIn(pretrained: string): Promise<Record<string, unknown>> {
  return readObject(join(pretrained, names.configuration))
}

function readObject(path: string): Promise<Record<string, unknown>> {
  return readJson(path, z.record(z.string(), z.unknown()), 'Save the tokenizer again.')
}
