/** A project opened for work: its data, and its model once trained. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { rowsOf } from '../dataset/dataset.ts'
import type { OpenDataset } from '../dataset/open.ts'
import { openDataset } from '../dataset/open.ts'
import { ErratumError } from '../errors.ts'
import { readJson } from '../files/read-json.ts'
import type { StoredTensor } from '../files/safetensors.ts'
import { readTensors, writeTensors } from '../files/safetensors.ts'
import { writeJsonAtomically } from '../files/write.ts'
import type { Model } from '../models/model.ts'
import type { ModelName } from '../models/models.ts'
import { modelNames, models } from '../models/models.ts'
import type { Project } from '../project/project.ts'
import { openProject } from '../project/project.ts'
import type { EncodedTexts } from '../tokens/encode.ts'
import { shared, wordTexts } from '../tokens/encode.ts'
import type { Tokenizer } from '../tokens/tokenizer.ts'
import type { Vocabulary } from '../tokens/vocabulary.ts'
import type { BaseRecord } from '../training/base-record.ts'
import { baseSchema } from '../training/base-record.ts'
import type { TrainingSettings } from '../training/settings.ts'
import { trainingSchema } from '../training/settings.ts'
import type { TrainingSet } from '../training/trainer.ts'
import type { Reading, SplitTexts } from './tokenizing.ts'
import { openReading, writeReading } from './tokenizing.ts'

/** The files of a trained base model, in the folder `model` of the project. */
const names = {
  model: 'model',
  base: 'base.json',
  texts: 'texts.safetensors',
  predictions: 'held-out.safetensors'
} as const

/** The held-out rows, by their index. */
export interface HeldOutSet {
  readonly texts: EncodedTexts
  readonly rows: Int32Array
  readonly classes: Int32Array
}

const retrain = 'Train the project again (erratum train DIR).'

/** A project with its data. */
export interface Workspace {
  readonly project: Project
  readonly dataset: OpenDataset
  readonly model: Model
  readonly modelName: ModelName
  readonly settings: TrainingSettings
}

/** A project whose base model is trained. */
export interface TrainedWorkspace extends Workspace {
  readonly base: BaseRecord
  readonly tokenizer: Tokenizer
  /** The words that the texts have. */
  readonly vocabulary: Vocabulary
  readonly training: TrainingSet
  readonly heldOut: HeldOutSet
  /** Probabilities [held-out rows, classes] of the base model. */
  readonly probabilities: Float32Array
  /** The folder of the checkpoints. */
  readonly modelFolder: string
}

/** Opens a project folder and its data. */
export async function openWorkspace(folder: string): Promise<Workspace> {
  const project = await openProject(folder)
  const { model, training, fingerprint } = project.settings
  const dataset = openDataset(join(project.folder, 'data'))
  return closingOnFailure(dataset, () => {
    if (dataset.fingerprint !== fingerprint) {
      throw new ErratumError(
        'damaged-file',
        `${join(project.folder, 'data')} holds other data than project.json was made for. Make the ` +
          'project again (erratum init).'
      )
    }
    const name = modelNames.find((known) => known === model.name)
    if (!name) {
      throw new ErratumError(
        'bad-project',
        `${project.folder}: the model ${model.name} is not one of ${modelNames.join(', ')}.`
      )
    }
    return {
      project,
      dataset,
      model: models[name].create(model.sizes, dataset.labels.length),
      modelName: name,
      settings: trainingSchema.parse(training)
    }
  })
}

/** Does the rest of opening a project; its data set is let go of when that throws. */
async function closingOnFailure<T>(dataset: OpenDataset, open: () => T | Promise<T>): Promise<T> {
  try {
    return await open()
  } catch (error) {
    dataset.close()
    throw error
  }
}

/** Whether the project in a folder has a trained base model. */
export function isTrained(folder: string): boolean {
  return existsSync(join(folder, names.model, names.base))
}

/** Opens a project whose base model must be trained already. */
export async function openTrained(folder: string): Promise<TrainedWorkspace> {
  const workspace = await openWorkspace(folder)
  return closingOnFailure(workspace.dataset, () => withBase(folder, workspace))
}

async function withBase(folder: string, workspace: Workspace): Promise<TrainedWorkspace> {
  const modelFolder = modelFolderOf(workspace.project)
  if (!isTrained(workspace.project.folder)) {
    throw new ErratumError(
      'bad-project',
      `${folder} has no trained model yet. Run erratum train ${folder} first.`
    )
  }
  const base = await readJson(join(modelFolder, names.base), baseSchema, retrain)
  const reading = await openReading(modelFolder, workspace, retrain)
  const texts = await readTexts(join(modelFolder, names.texts), workspace.model.padId)
  const { probabilities } = await readPredictions(join(modelFolder, names.predictions))
  return {
    ...workspace,
    ...splitTexts(workspace.dataset, texts),
    // Those that the model was trained with, whatever project.json says of the next training.
    settings: base.settings,
    base,
    ...reading,
    probabilities,
    modelFolder
  }
}

/** The folder of the base model. */
export function modelFolderOf(project: Project): string {
  return join(project.folder, names.model)
}

/** What a base model consists of besides its checkpoints. */
export interface BaseFiles {
  workspace: Workspace
  reading: Reading
  texts: SplitTexts
  base: BaseRecord
  probabilities: Float32Array
}

/** Writes all of a base model but its checkpoints. */
export async function writeBase(folder: string, files: BaseFiles): Promise<void> {
  const { workspace, reading, texts, base, probabilities } = files
  await writeReading(folder, reading, workspace)
  const tensors = Object.entries(texts).flatMap(([split, { ids, words, offsets, seconds }]) =>
    // Where every token is a word, the rest follows from these.
    Object.entries({ ids, offsets, ...(words !== ids && { words, seconds }) }).map(
      ([name, data]) => [`${split}.${name}`, tensor(data)] as const
    )
  )
  await writeTensors(join(folder, names.texts), { tensors: new Map(tensors), metadata: {} })
  const stored = new Map([['probabilities', tensor(probabilities)]])
  await writeTensors(join(folder, names.predictions), { tensors: stored, metadata: {} })
  await writeJsonAtomically(join(folder, names.base), base)
}

/** The rows of both splits with their encoded texts. */
export function splitTexts(
  dataset: OpenDataset,
  texts: SplitTexts
): { training: TrainingSet; heldOut: HeldOutSet } {
  const select = (split: 'train' | 'test') => {
    const rows = Int32Array.from(rowsOf(dataset, split))
    return { rows, classes: rows.map((row) => dataset.classes[row]!) }
  }
  const train = select('train')
  const weights = new Float32Array(train.rows.length).fill(1)
  return {
    training: { ...train, texts: texts.training, weights },
    heldOut: { ...select('test'), texts: texts.heldOut }
  }
}

function tensor(data: Int32Array | Float32Array): StoredTensor {
  return { shape: [data.length], data }
}

async function readTexts(path: string, padId: number) {
  const { tensors } = await readTensors(path, retrain)
  const read = (name: string): Int32Array => {
    const data = tensors.get(name)?.data
    if (!(data instanceof Int32Array)) throw damaged(path, `${name} is missing`)
    return shared(data)
  }
  const encoded = (split: string): EncodedTexts => {
    const given = { ids: read(`${split}.ids`), offsets: read(`${split}.offsets`), padId }
    if (!tensors.has(`${split}.words`)) return wordTexts(given)
    return { ...given, words: read(`${split}.words`), seconds: read(`${split}.seconds`) }
  }
  return { training: encoded('training'), heldOut: encoded('heldOut') }
}

async function readPredictions(path: string): Promise<{ probabilities: Float32Array }> {
  const { tensors } = await readTensors(path, retrain)
  const data = tensors.get('probabilities')?.data
  if (!(data instanceof Float32Array)) throw damaged(path, 'probabilities are missing')
  return { probabilities: data }
}

function damaged(path: string, what: string): ErratumError {
  return new ErratumError('damaged-file', `${path} is damaged: ${what}. ${retrain}`)
}
