/**
 * The folder of an imported data set. `dataset.json` is described here; beside it lie `texts.jsonl`
 * (a JSON list of one or two texts a line), `offsets.bin` (float64, little-endian: where each line
 * starts, and the size of the file), `classes.bin` (int32) and `splits.bin` (uint8), and verbatim
 * copies of the files that were imported, from which an export writes untouched rows.
 */
import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import { z } from 'zod'
import type { ColumnNames } from './columns.ts'
import { splits, type Split } from './dataset.ts'
import type { Rows } from './row-collector.ts'
import { formats, type Source } from './source.ts'

/** The format of the folder that this Erratum writes, and the highest that it reads. */
export const datasetVersion = 1

/** Names of the files in the folder. */
export const fileNames = {
  manifest: 'dataset.json',
  texts: 'texts.jsonl',
  offsets: 'offsets.bin',
  classes: 'classes.bin',
  splits: 'splits.bin'
} as const

/** What the import has found, for people; nothing else depends on it, and older folders lack it. */
export const reportName = 'report.json'

const count = z.int().min(0)

const sourceFile = z.object({
  /** Its name when it was imported, for messages. */
  name: z.string(),
  /** Its copy in the folder. */
  file: z.string(),
  format: z.enum(formats),
  encoding: z.exactOptional(z.string()),
  bom: z.exactOptional(z.boolean()),
  delimiter: z.exactOptional(z.string()),
  quoted: z.exactOptional(z.boolean()),
  columns: z.array(z.string()),
  rowCount: count
})

export const datasetManifest = z.object({
  version: z.literal(datasetVersion),
  columns: z.object({
    text: z.string(),
    textPair: z.exactOptional(z.string()),
    label: z.string(),
    split: z.exactOptional(z.string())
  }),
  labels: z.array(z.string()),
  rowCount: count,
  /** Rows of each split, a number a label. */
  counts: z.object({ train: z.array(count), test: z.array(count), unused: z.array(count) }),
  fingerprint: z.string(),
  /** Hex SHA-256 of texts.jsonl, a part of the fingerprint. */
  textsHash: z.string(),
  seed: z.number(),
  /** Which share of each class was held out at random; null when the data says what is held out. */
  heldOutShare: z.number().nullable(),
  /** The data file, and the separate test file if there was one. */
  sources: z.array(sourceFile).min(1).max(2)
})

/** What `dataset.json` holds. */
export type DatasetManifest = z.infer<typeof datasetManifest>

/**
 * Hex SHA-256 of what the rows say, in their order: texts, label names, classes, splits. The same
 * data gives the same fingerprint in any file format.
 */
export function fingerprintOf(data: {
  textsHash: string
  labels: readonly string[]
  classes: Int32Array
  splitOf: Uint8Array
}): string {
  return createHash('sha256')
    .update(JSON.stringify([data.textsHash, data.labels]))
    .update(data.classes)
    .update(data.splitOf)
    .digest('hex')
}

/** What the rows themselves do not say. */
export interface ManifestDetails {
  columns: ColumnNames
  splitOf: Uint8Array
  seed: number
  heldOutShare: number | null
  textsHash: string
  fingerprint: string
}

/** The manifest of an import. */
export function toManifest(
  sources: readonly Source[],
  rows: Rows,
  { columns, splitOf, ...details }: ManifestDetails
): DatasetManifest {
  return datasetManifest.parse({
    version: datasetVersion,
    columns: withoutUndefined(columns),
    labels: rows.labels,
    rowCount: rows.classes.length,
    counts: countRows(rows, splitOf),
    ...details,
    sources: sources.map((source, index) => ({
      ...withoutUndefined(source),
      file: basename(source.path),
      rowCount: rows.rowCounts[index]
    }))
  } satisfies Record<keyof DatasetManifest, unknown>)
}

/** Rows of each label in each split. */
function countRows({ labels, classes }: Rows, splitOf: Uint8Array): Record<Split, number[]> {
  const zeros = () => labels.map(() => 0)
  const counts = { train: zeros(), test: zeros(), unused: zeros() }
  classes.forEach((label, row) => counts[splits[splitOf[row]!]!][label]!++)
  return counts
}

function withoutUndefined(value: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined))
}
