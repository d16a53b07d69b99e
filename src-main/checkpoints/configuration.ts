/** What config.json says: the family, the sizes and the labels; or why it is refused. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { encoderFamilies, type EncoderFamily, type EncoderSizes } from '../models/encoder.ts'
import { families, type ConfigurationField } from './families.ts'
import { refusal } from './refuse.ts'

export const configurationFile = 'config.json'

/** config.json as it stands. */
export type RawConfiguration = Readonly<Record<string, unknown>>

export interface Configuration {
  readonly path: string
  readonly raw: RawConfiguration
  readonly family: EncoderFamily
  readonly sizes: EncoderSizes
  /** `vocab_size`. */
  readonly words: number
  /** Whether the folder is said to hold a classifier of whole texts. */
  readonly classifies: boolean
}

/** Larger sizes are a slip or an attack; no encoder comes near them. */
const largest = 10_000_000
const mostLayers = 1000
const exactGelu: readonly unknown[] = ['gelu', 'gelu_python']

/** Reads and checks config.json of a folder. */
export async function readConfiguration(folder: string): Promise<Configuration> {
  const path = join(folder, configurationFile)
  const raw = await readObject(path)
  const family = familyOf(path, raw)
  requireSupported(path, raw, families[family].activationField)
  const sizes = sizesOf(path, raw, family)
  const words = wholeNumber(path, raw, { field: 'vocab_size' })
  requireIds(path, raw, words)
  const names = raw['architectures']
  const classifies =
    Array.isArray(names) && names.some((name) => String(name).endsWith('ForSequenceClassification'))
  return { path, raw, family, sizes, words, classifies }
}

/**
 * The names of `classes` labels in the order of the classifier's columns; LABEL_0 and so on where
 * config.json has none.
 */
export function labelsOf({ path, raw }: Configuration, classes: number): string[] {
  const names = raw['id2label']
  if (names === undefined || names === null) {
    return Array.from({ length: classes }, (_, id) => `LABEL_${id}`)
  }
  const entries = typeof names === 'object' ? Object.entries(names) : []
  if (entries.length !== classes) {
    throw refusal(
      path,
      `id2label names ${entries.length} labels, but the classifier's weights have ${classes}`
    )
  }
  const labels = Array.from({ length: classes }, (_, id) => new Map(entries).get(String(id)))
  const lacking = labels.findIndex((label) => typeof label !== 'string')
  if (lacking >= 0) throw refusal(path, `id2label has no text for label ${lacking}`)
  if (new Set(labels).size < classes) throw refusal(path, 'id2label gives two labels one name')
  return labels as string[]
}

/** Reads a file that must hold a JSON object. */
export async function readObject(path: string): Promise<Record<string, unknown>> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT'
      ? refusal(path, 'there is no such file', missingRemedy)
      : refusal(path, `it cannot be read (${error.code ?? error.message})`)
  })
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw refusal(path, `it is not JSON (${(error as Error).message})`)
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>
  }
  throw refusal(path, 'it is not a JSON object')
}

const missingRemedy =
  'Choose a folder that has config.json, model.safetensors and tokenizer.json or vocab.txt, as `save_pretrained` of transformers writes it.'

function familyOf(path: string, raw: RawConfiguration): EncoderFamily {
  const type = raw['model_type']
  const found = encoderFamilies.find((name) => name === type)
  if (found) return found
  throw refusal(
    path,
    `model_type is ${JSON.stringify(type) ?? 'missing'}`,
    `Erratum opens ${encoderFamilies.join(', ')}. Choose a model of one of these.`
  )
}

function requireSupported(path: string, raw: RawConfiguration, activationField: string): void {
  const other = 'Choose a model without it.'
  const activation = raw[activationField] ?? 'gelu'
  if (!exactGelu.includes(activation)) {
    throw refusal(
      path,
      `${activationField} is ${JSON.stringify(activation)}`,
      'Erratum computes "gelu" alone. Choose a model with it.'
    )
  }
  const positions = raw['position_embedding_type'] ?? 'absolute'
  if (positions !== 'absolute') {
    throw refusal(path, `position_embedding_type is ${JSON.stringify(positions)}`, other)
  }
  for (const field of ['is_decoder', 'add_cross_attention', 'quantization_config']) {
    const value = raw[field] ?? false
    if (value !== false) throw refusal(path, `${field} is set`, other)
  }
  const pruned = raw['pruned_heads'] ?? {}
  if (typeof pruned !== 'object' || Object.keys(pruned).length > 0) {
    throw refusal(path, 'pruned_heads is set', other)
  }
}

function sizesOf(path: string, raw: RawConfiguration, family: EncoderFamily): EncoderSizes {
  const { normEpsilon, padId, ...counts } = families[family].sizes
  const size = (name: keyof typeof counts) => {
    const source = counts[name]
    const value = wholeNumber(path, raw, source)
    const isNone = value < 1 || (name === 'layers' && value > mostLayers)
    if (typeof source === 'number' || !isNone) return value
    throw refusal(path, `${source.field} is ${value}, not a size`)
  }
  const sizes = {
    embedding: size('embedding'),
    hidden: size('hidden'),
    layers: size('layers'),
    heads: size('heads'),
    intermediate: size('intermediate'),
    positions: size('positions'),
    types: size('types')
  }
  if (sizes.hidden % sizes.heads !== 0) {
    throw refusal(path, `${sizes.heads} attention heads do not divide a width of ${sizes.hidden}`)
  }
  return {
    ...sizes,
    normEpsilon: epsilonOf(path, raw, normEpsilon),
    padId: wholeNumber(path, raw, padId)
  }
}

function epsilonOf(path: string, raw: RawConfiguration, source: ConfigurationField | number) {
  if (typeof source === 'number') return source
  const value = raw[source.field] ?? source.otherwise
  if (typeof value === 'number' && value > 0 && value < 1) return value
  throw refusal(path, `${source.field} is ${JSON.stringify(value)}, not a number between 0 and 1`)
}

function wholeNumber(
  path: string,
  raw: RawConfiguration,
  source: ConfigurationField | number
): number {
  if (typeof source === 'number') return source
  const value = raw[source.field] ?? source.otherwise
  if (Number.isInteger(value) && (value as number) >= 0 && (value as number) <= largest) {
    return value as number
  }
  if (value === undefined) throw refusal(path, `it has no ${source.field}`)
  throw refusal(path, `${source.field} is ${JSON.stringify(value)}, not a size`)
}

/** The ids of special tokens must be rows of the embedding. */
function requireIds(path: string, raw: RawConfiguration, words: number): void {
  const fields = Object.keys(raw).filter((field) => field.endsWith('_token_id'))
  for (const field of fields) {
    const id = raw[field]
    if (typeof id === 'number' && !(id >= 0 && id < words)) {
      throw refusal(path, `${field} is ${id}, but vocab_size is ${words}`)
    }
  }
}
