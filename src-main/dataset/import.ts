/**
 * Imports a data set into a folder (manifest.ts says what lies in it): the files are copied, and the
 * copies are read once, row by row, so that memory holds a few numbers a row and never the texts.
 */
import { constants } from 'node:fs'
import { copyFile, open } from 'node:fs/promises'
import { basename, extname, join } from 'node:path'
import { ErratumError, throwIfCancelled } from '../errors.ts'
import { writeFileAtomically, writeJsonAtomically } from '../files/write.ts'
import { writableOrExplain } from '../files/write-errors.ts'
import { requireColumns, type ColumnNames } from './columns.ts'
import { toReport, type ImportReport } from './import-report.ts'
import { fileNames, fingerprintOf, reportName, toManifest } from './manifest.ts'
import { readRows, type ImportProgress } from './read-rows.ts'
import type { Rows } from './row-collector.ts'
import type { Source } from './source.ts'
import { openSource } from './sources.ts'
import { requireUsable, settleValidation, splitAtRandom } from './split.ts'
import { quotedValue } from './wording.ts'
import { makeFolderWhole } from './work-folder.ts'

export interface ImportOptions extends ColumnNames {
  /** The data file. */
  path: string
  /** A file of held-out rows in the same columns; all rows of `path` are then trained on. */
  testPath?: string | undefined
  /** The labels in the order of the classes; others are errors. */
  labels?: readonly string[] | undefined
  seed: number
  /** The share of each class that is held out when neither a column nor a file says which; 0.15. */
  heldOutShare?: number | undefined
  /** The folder to make; missing or empty. */
  into: string
  signal?: AbortSignal | undefined
  onProgress?: ((progress: ImportProgress) => void) | undefined
}

const defaultShare = 0.15

/**
 * Imports a data set and reports what it holds. Throws `bad-data` naming file, row and column,
 * `cannot-write`, or `cancelled`; then nothing remains in `into`.
 */
export async function importDataset(options: ImportOptions): Promise<ImportReport> {
  requireSense(options)
  const { text, textPair, label, split, labels, signal, onProgress } = options
  const columns = { text, textPair, label, split }
  return makeFolderWhole(options.into, async (folder) => {
    const sources = await copySources(folder, columns, options)
    const into = join(folder, fileNames.texts)
    const { rows, texts } = await readRows(sources, { columns, labels, into, signal, onProgress })
    const splitOf = decideSplit(sources[0]!, rows, options)
    requireUsable(sources[0]!, rows, splitOf)
    const manifest = toManifest(sources, rows, {
      columns,
      splitOf,
      seed: options.seed,
      heldOutShare: isSplitAtRandom(options) ? (options.heldOutShare ?? defaultShare) : null,
      textsHash: texts.textsHash,
      fingerprint: fingerprintOf({ ...rows, ...texts, splitOf })
    })
    await writeFileAtomically(join(folder, fileNames.offsets), texts.offsets)
    await writeFileAtomically(join(folder, fileNames.classes), rows.classes)
    await writeFileAtomically(join(folder, fileNames.splits), splitOf)
    await writeJsonAtomically(join(folder, fileNames.manifest), manifest)
    const report = toReport(sources, rows, manifest, splitOf)
    await writeJsonAtomically(join(folder, reportName), report)
    throwIfCancelled(signal)
    return report
  })
}

function requireSense(options: ImportOptions): void {
  const { heldOutShare = defaultShare, seed, split, testPath } = options
  if (!(heldOutShare > 0 && heldOutShare < 1)) {
    throw new ErratumError(
      'bad-argument',
      `The held-out share is ${heldOutShare}. Give a number between 0 and 1, such as ${defaultShare}.`
    )
  }
  if (!Number.isSafeInteger(seed)) {
    throw new ErratumError('bad-argument', `The seed is ${seed}. Give a whole number.`)
  }
  if (split === undefined || testPath === undefined) return
  throw new ErratumError(
    'bad-argument',
    `Both the column ${quotedValue(split)} and the file ${basename(testPath)} say what is held out. Leave one of them out.`
  )
}

/** Copies the files into the folder and opens the copies, which nobody changes while they are read. */
async function copySources(
  folder: string,
  columns: ColumnNames,
  { path, testPath, into, signal }: ImportOptions
): Promise<Source[]> {
  const paths = testPath === undefined ? [path] : [path, testPath]
  const sources: Source[] = []
  // Wrong names should cost no copy, so each file is opened where it is first.
  for (const original of paths) requireColumns(await openSource(original, { signal }), columns)
  for (const [index, original] of paths.entries()) {
    throwIfCancelled(signal)
    const copy = join(folder, (index ? 'test' : 'source') + extname(original).toLowerCase())
    await writableOrExplain(into, () => copyToDisk(original, copy))
    const source = await openSource(copy, { name: basename(original), signal })
    requireColumns(source, columns)
    sources.push(source)
  }
  return sources
}

async function copyToDisk(from: string, to: string): Promise<void> {
  await copyFile(from, to, constants.COPYFILE_FICLONE)
  const handle = await open(to, 'r')
  await handle.sync().finally(() => handle.close())
}

function isSplitAtRandom({ split, testPath }: ImportOptions): boolean {
  return split === undefined && testPath === undefined
}

function decideSplit(source: Source, rows: Rows, options: ImportOptions): Uint8Array {
  if (options.split !== undefined) return settleValidation(source, rows.splitCodes, options.split)
  if (options.testPath !== undefined) return rows.splitCodes
  return splitAtRandom(rows.classes, options.seed, options.heldOutShare ?? defaultShare)
}
