/** Opens an imported data set: classes and splits in memory, texts read when asked for. */
import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { ErratumError } from '../errors.ts'
import type { Dataset, RowText } from './dataset.ts'
import {
  datasetManifest,
  datasetVersion,
  fileNames,
  fingerprintOf,
  type DatasetManifest
} from './manifest.ts'
import { counted } from './wording.ts'

/** A data set in a folder. */
export interface OpenDataset extends Dataset {
  readonly folder: string
  /** What `dataset.json` says: columns, counts, and the imported files. */
  readonly manifest: DatasetManifest
  /** Lets go of the texts; `text` must not be called afterwards. */
  close(): void
}

/**
 * Opens the folder that `importDataset` made. Throws `bad-project` for a folder that holds no data
 * set or one of a newer version, and `damaged-file` when a file is missing, cut or changed.
 */
export function openDataset(folder: string): OpenDataset {
  const manifest = readManifest(folder)
  const { labels, rowCount, fingerprint } = manifest
  const classes = new Int32Array(readNumbers(folder, fileNames.classes, rowCount * 4))
  const splitOf = new Uint8Array(readNumbers(folder, fileNames.splits, rowCount))
  const offsets = new Float64Array(readNumbers(folder, fileNames.offsets, (rowCount + 1) * 8))
  if (fingerprintOf({ ...manifest, classes, splitOf }) !== fingerprint) {
    throw damaged(folder, fileNames.manifest, 'the fingerprint is not that of the rows')
  }
  if (!offsets.every((offset, at) => (at === 0 ? offset === 0 : offset > offsets[at - 1]!))) {
    throw damaged(folder, fileNames.offsets, 'the offsets are not in order')
  }
  const texts = new TextFile(folder, offsets)
  return {
    folder,
    manifest,
    labels,
    rowCount,
    classes,
    splitOf,
    fingerprint,
    text: (row) => texts.read(row),
    close: () => texts.close()
  }
}

/** Reads lines of texts.jsonl at random through one open file and one buffer. */
class TextFile {
  readonly #folder: string
  readonly #offsets: Float64Array
  readonly #file: number
  #buffer = Buffer.alloc(1 << 14)
  #open = true

  constructor(folder: string, offsets: Float64Array) {
    this.#folder = folder
    this.#offsets = offsets
    this.#file = openFile(folder, fileNames.texts)
    const { size } = fstatSync(this.#file)
    const wanted = offsets.at(-1)!
    if (size === wanted) return
    this.close()
    throw damaged(folder, fileNames.texts, sizes(size, wanted))
  }

  read(row: number): RowText {
    const [start, end] = [this.#offsets[row], this.#offsets[row + 1]]
    if (start === undefined || end === undefined) {
      const last = counted(this.#offsets.length - 2)
      throw new ErratumError('bad-argument', `There is no row ${row}; the last row is ${last}.`)
    }
    if (!this.#open) throw new Error(`The data set in ${this.#folder} has been closed.`)
    const length = end - start
    if (length > this.#buffer.length) this.#buffer = Buffer.alloc(2 * length)
    const read = readSync(this.#file, this.#buffer, 0, length, start)
    const text = read === length ? parseText(this.#buffer.toString('utf8', 0, length)) : undefined
    if (text) return text
    throw damaged(this.#folder, fileNames.texts, `row ${counted(row)} cannot be read`)
  }

  close(): void {
    if (this.#open) closeSync(this.#file)
    this.#open = false
  }
}

function parseText(line: string): RowText | undefined {
  try {
    const value: unknown = JSON.parse(line)
    if (!Array.isArray(value) || value.length < 1 || value.length > 2) return undefined
    return value.every((text) => typeof text === 'string') ? (value as [string]) : undefined
  } catch {
    // Not JSON: the caller names the file and the row.
    return undefined
  }
}

function readManifest(folder: string): DatasetManifest {
  const path = join(folder, fileNames.manifest)
  let value: unknown
  try {
    value = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    if (error instanceof SyntaxError) throw damaged(folder, fileNames.manifest, error.message)
    throw new ErratumError(
      'bad-project',
      `${folder} holds no data set: ${path} cannot be read. Name the folder of a project, or import the data again.`,
      { cause: error }
    )
  }
  const version = typeof value === 'object' && value !== null && Reflect.get(value, 'version')
  if (typeof version === 'number' && version > datasetVersion) {
    throw new ErratumError(
      'bad-project',
      `${path} has version ${version}, and this Erratum reads version ${datasetVersion} at most. Open it with a newer Erratum.`
    )
  }
  const parsed = datasetManifest.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw damaged(folder, fileNames.manifest, `${issue?.path.join('.')}: ${issue?.message}`)
}

/** A file of numbers in memory that starts where any type of number may. */
function readNumbers(folder: string, name: string, size: number): ArrayBuffer {
  const file = openFile(folder, name)
  try {
    const bytes = readFileSync(file)
    if (bytes.length !== size) throw damaged(folder, name, sizes(bytes.length, size))
    return new Uint8Array(bytes).buffer
  } finally {
    closeSync(file)
  }
}

function openFile(folder: string, name: string): number {
  try {
    return openSync(join(folder, name), 'r')
  } catch (error) {
    throw damaged(folder, name, error instanceof Error ? error.message : String(error))
  }
}

function sizes(size: number, wanted: number): string {
  return `it has ${counted(size)} bytes where ${counted(wanted)} are due`
}

function damaged(folder: string, name: string, problem: string): ErratumError {
  return new ErratumError(
    'damaged-file',
    `${join(folder, name)} is damaged: ${problem}. Restore the folder from a backup, or import the data again.`
  )
}
