/** Answers about the models that a new project may have. */
import { readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { z } from 'zod'
import type {
  ChosenModel,
  Expectation,
  ModelFolder,
  modelsContract,
  newData
} from '../../src-preload/contract/models.ts'
import { classifierColumns } from '../checkpoints/labels.ts'
import { ErratumError } from '../errors.ts'
import { sizeOf } from '../graph/ir.ts'
import type { Preset } from '../models/models.ts'
import { models, presetModels } from '../models/models.ts'
import { parameterShapes } from '../models/parameters.ts'
import type { PlannedTraining } from '../pipeline/expect-training.ts'
import { needsOf } from '../pipeline/expect-training.ts'
import { trainingOf } from '../pipeline/init.ts'
import { inspectModel, modelIn } from '../pipeline/pretrained.ts'
import type { Service } from './service.ts'
import { threadsOf } from './service.ts'

type NewData = z.infer<typeof newData>
type ModelList = z.infer<typeof modelsContract.list.output>

/** Rows of the embedding of an encoder whose pieces are trained on the data, about. */
const usualWords = 8000

/** The encoders that start from nothing, and the folders that lie where models are kept. */
export async function listModels({ modelsFolder, picked }: Service): Promise<ModelList> {
  const encoders = [...presetModels()].flatMap(([name, preset]) => {
    const { title, tokens } = models[preset.name]
    return tokens === 'words' ? [] : [{ name, title, ...sizesOf(preset, usualWords) }]
  })
  const entries = await readdir(modelsFolder).catch(() => [])
  const folders = await Promise.all(
    entries
      .filter((name) => !name.startsWith('.'))
      .map(async (name) => {
        const path = join(modelsFolder, name)
        return (await stat(path).catch(() => undefined))?.isDirectory() ? [path] : []
      })
  )
  const offered = folders.flat().map((path) => {
    const { token, name } = picked.issue(path)
    return { token, name }
  })
  offered.sort((a, b) => a.name.localeCompare(b.name))
  return { encoders, offered, place: modelsFolder }
}

/** Layers, width and number of parameters of an encoder. */
export function sizesOf({ name, sizes }: Preset, words: number, classes = 2) {
  const { layers, hidden } = sizes
  const shapes = parameterShapes(models[name].create(sizes, classes), words)
  return {
    layers: layers!,
    width: hidden!,
    parameters: [...shapes.values()].reduce((sum, shape) => sum + sizeOf(shape), 0)
  }
}

/** What a folder holds, and whether its classifier is one for the data. */
export async function inspectFolder(
  service: Service,
  { folder: token, data }: z.infer<typeof modelsContract.inspect.input>,
  signal: AbortSignal | undefined
): Promise<ModelFolder> {
  const found = await inspectModel(service.picked.path(token))
  const { folder, family, sizes, parameters, labels, missing } = found
  const survey = data && (await surveyOf(service, data, signal))
  const lacks = (part: string) => missing.some((name) => name.startsWith(`${part}.`))
  return {
    name: basename(folder),
    title: models[family].title,
    layers: sizes.layers,
    width: sizes.hidden,
    parameters,
    bytes: await weightBytes(folder),
    labels: labels ? [...labels] : null,
    misfit: survey && misfitOf(() => classifierColumns(found, survey.labels)),
    missing: (['pooler', 'classifier'] as const).filter(lacks)
  }
}

async function weightBytes(folder: string): Promise<number> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.safetensors'))
  const files = await Promise.all(names.map((name) => stat(join(folder, name))))
  return files.reduce((sum, { size }) => sum + size, 0)
}

function misfitOf(compare: () => unknown): string | null {
  try {
    compare()
    return null
  } catch (error) {
    if (error instanceof ErratumError) return error.message
    throw error
  }
}

/** What the training of a model on the data takes. */
export async function expectModel(
  service: Service,
  { model: chosen, data }: z.infer<typeof modelsContract.expect.input>,
  signal: AbortSignal | undefined
): Promise<Expectation> {
  const { labels, sample, trainingRows } = await surveyOf(service, data, signal)
  const { model, checkpoint } = await planOf(service, chosen)
  const settings = trainingOf(model, checkpoint !== null)
  const planned = { model, checkpoint, settings, sample, classes: labels.length }
  return expectTraining(service, planned, { trainingRows, signal })
}

async function planOf(
  { picked }: Service,
  chosen: ChosenModel
): Promise<Pick<PlannedTraining, 'model' | 'checkpoint'>> {
  if (chosen.kind === 'preset') return { model: presetOf(chosen.name), checkpoint: null }
  const found = await inspectModel(picked.path(chosen.folder))
  return { model: modelIn(found), checkpoint: { folder: found.folder, words: found.words } }
}

function presetOf(name: string): Preset {
  const preset = presetModels().get(name)
  if (preset) return preset
  throw new ErratumError('bad-argument', `There is no model ${name}. Choose another.`)
}

/** Memory, and the time where nothing stands against measuring it. */
export async function expectTraining(
  { devices, settings, jobs }: Service,
  planned: PlannedTraining,
  { trainingRows, signal }: { trainingRows: number; signal: AbortSignal | undefined }
): Promise<Expectation> {
  const { bytes, freeBytes, step } = await needsOf(planned)
  // A job uses all cores, so that a measurement beside it would tell neither's time.
  const isBusy = jobs.list().some(({ state }) => state === 'running')
  const canMeasure = !isBusy && bytes <= freeBytes
  const { device } = settings.value
  const work = { step, sideBySide: false, threads: threadsOf(settings.value) }
  const seconds = canMeasure
    ? await devices.measure(device, work, { signal }).catch(unlessCancelled)
    : devices.leastKnown(device, work)
  const steps = Math.ceil(trainingRows / planned.settings.batchSize)
  return { trainingRows, bytes, freeBytes, secondsAnEpoch: seconds && seconds * steps }
}

/** No time, where it cannot be measured: the memory is to be told all the same. */
function unlessCancelled(error: unknown): null {
  if (error instanceof ErratumError && error.code === 'cancelled') throw error
  return null
}

function surveyOf({ picked, facts }: Service, data: NewData, signal: AbortSignal | undefined) {
  const { file, testFile, text, textPair, label, split, heldOutShare } = data
  return facts.survey({
    path: picked.path(file),
    testPath: testFile === null ? undefined : picked.path(testFile),
    columns: { text, textPair: textPair ?? undefined, label, split: split ?? undefined },
    heldOutShare,
    signal
  })
}
