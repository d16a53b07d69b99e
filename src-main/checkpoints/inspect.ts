/** A checkpoint folder by config.json and the heads of its files: quick for models of any size. */
import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { sizeOf, type Shape } from '../graph/ir.ts'
import { encoderFamilies, type EncoderFamily, type EncoderSizes } from '../models/encoder.ts'
import {
  labelsOf,
  readConfiguration,
  type Configuration,
  type RawConfiguration
} from './configuration.ts'
import { families } from './families.ts'
import {
  classifierPlacements,
  encoderPlacements,
  poolerPlacements,
  shapeOfParts,
  type Placement
} from './placements.ts'
import { refusal } from './refuse.ts'
import { findTokenizer } from './tokenizer-files.ts'
import { findWeights, type StoredPart, type WeightFiles } from './weight-files.ts'

/** What can be said of a folder without reading its tensors. */
export interface InspectedCheckpoint {
  /** Absolute path. */
  readonly folder: string
  readonly family: EncoderFamily
  readonly sizes: EncoderSizes
  /** Rows of the word embedding. */
  readonly words: number
  /** Names of the classes in the order of the classifier's columns; undefined without a classifier. */
  readonly labels: readonly string[] | undefined
  /** config.json's `problem_type`, where the classifier was not trained for one label a text. */
  readonly otherProblem: string | undefined
  /** Our parameters that the folder holds. */
  readonly shapes: ReadonlyMap<string, Shape>
  /** Names of our parameters that it lacks, to be drawn anew: of the pooler, of the classifier. */
  readonly missing: readonly string[]
  /** Numbers in `shapes` together. */
  readonly parameters: number
  /** config.json as it stands, for the export. */
  readonly configuration: RawConfiguration
  /** Paths of the tokenizer's files. */
  readonly tokenizerFiles: readonly string[]
}

/** What `openCheckpoint` goes on with. */
export interface Survey {
  readonly inspected: InspectedCheckpoint
  readonly placements: readonly Placement[]
  readonly weights: WeightFiles
  readonly configurationPath: string
}

/** Sizes, labels and parameters of a folder; throws `bad-checkpoint` where it contradicts itself. */
export async function inspectCheckpoint(folder: string): Promise<InspectedCheckpoint> {
  return (await surveyCheckpoint(folder)).inspected
}

/** The same, with where each tensor is. */
export async function surveyCheckpoint(given: string): Promise<Survey> {
  const folder = resolve(given)
  await requireFolder(folder)
  const configuration = await readConfiguration(folder)
  const weights = await findWeights(folder, configuration)
  const tokenizerFiles = await findTokenizer(folder, configuration.family)
  const prefix = prefixOf(configuration.family, weights)
  const encoder = encoderPlacements(configuration, prefix)
  const pooler = poolerPlacements(configuration, prefix)
  const found = findClassifier(configuration, weights)
  const head = found ?? classifierPlacements(configuration, 0)
  requireLayers(configuration, weights, prefix)
  const isWhole = pooler.every(({ from }) => from.every((name) => weights.parts.has(name)))
  // A classifier means nothing without the layer before it; that layer is of use alone.
  const placements = [...encoder, ...(found || isWhole ? pooler : []), ...(found ?? [])]
  for (const placement of placements) requireParts(placement, configuration, weights)
  const present = new Set(placements.map(({ name }) => name))
  const names = [...encoder, ...pooler, ...head].map(({ name }) => name)
  const problem = configuration.raw['problem_type'] ?? 'single_label_classification'
  const inspected: InspectedCheckpoint = {
    folder,
    family: configuration.family,
    sizes: configuration.sizes,
    words: configuration.words,
    labels: found && labelsOf(configuration, found[0]!.shape[1]!),
    otherProblem: problem === 'single_label_classification' ? undefined : String(problem),
    shapes: new Map(placements.map(({ name, shape }) => [name, shape])),
    missing: names.filter((name) => !present.has(name)),
    parameters: placements.reduce((sum, { shape }) => sum + sizeOf(shape), 0),
    configuration: configuration.raw,
    tokenizerFiles
  }
  return { inspected, placements, weights, configurationPath: configuration.path }
}

async function requireFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => undefined)
  if (!found) {
    throw refusal(folder, 'there is no such folder', 'Correct the path.')
  }
  if (found.isDirectory()) return
  const kinds = encoderFamilies.map((name) => families[name].title).join(', ')
  throw refusal(
    folder,
    'it is a file, not a folder',
    `Choose the folder of a model (${kinds}) with config.json in it.`
  )
}

/** The folder of a model that has a head puts the family's name before the encoder's tensors. */
function prefixOf(family: EncoderFamily, { parts }: WeightFiles): string {
  const prefix = `${family}.`
  return [...parts.keys()].some((name) => name.startsWith(prefix)) ? prefix : ''
}

/** The classifier, where the folder has one of whole texts: another task's may bear the same name. */
function findClassifier(configuration: Configuration, weights: WeightFiles) {
  if (!configuration.classifies) return undefined
  const [weight] = classifierPlacements(configuration, 0)
  const part = weights.parts.get(weight!.from[0]!)
  return part && classifierPlacements(configuration, part.entry.shape[0] ?? 0)
}

/** Refuses weights of more layers than config.json has; fewer are found by their names. */
function requireLayers(
  { path, sizes, family }: Configuration,
  weights: WeightFiles,
  prefix: string
): void {
  const start = `${prefix}${families[family].layers}.`
  for (const [name, part] of weights.parts) {
    if (!name.startsWith(start)) continue
    const layer = Number.parseInt(name.slice(start.length))
    if (layer < sizes.layers) continue
    throw refusal(
      part.path,
      `it has the tensor ${name}, but ${path} has ${sizes.layers} layers, counted from 0`
    )
  }
}

function requireParts(
  placement: Placement,
  { path: configurationPath }: Configuration,
  { parts, path }: WeightFiles
): void {
  const expected = shapeOfParts(placement)
  for (const name of placement.from) {
    const part = parts.get(name)
    if (!part) {
      throw refusal(path, `it lacks the tensor ${name}, which ${configurationPath} asks for`)
    }
    const { shape } = part.entry
    if (shape.length !== expected.length || shape.some((size, axis) => size !== expected[axis])) {
      throw refusal(
        part.path,
        `the tensor ${name} has the shape [${shape.join(', ')}], but by ${configurationPath} it must be [${expected.join(', ')}]`
      )
    }
    requireFloats(name, part)
  }
}

const readable: readonly string[] = ['F32', 'F16', 'BF16']

function requireFloats(name: string, { path, entry }: StoredPart): void {
  if (readable.includes(entry.dtype)) return
  throw refusal(
    path,
    `the tensor ${name} is in ${entry.dtype}`,
    `Erratum reads ${readable.join(', ')}. Save the model again with transformers in one of these.`
  )
}
