/**
 * `edits.json`: the edits of one or more fixes with their provenance, in terms of the data file (rows, columns,
 * offsets, label names) and not of a model, so that they can be read and replayed without one.
 */
import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { formats } from '../dataset/source.ts'
import { ErratumError } from '../errors.ts'
import { writeJsonAtomically } from '../files/write.ts'
import { armSchema, upliftSchema } from '../retrain/fix-report.ts'

/** The version that this program writes, and the newest that it reads. */
export const editsVersion = 1

const rowNumber = z.int().min(0)
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits')

const columnsSchema = z.object({
  text: z.string(),
  textPair: z.string().optional(),
  label: z.string()
})

const spanSchema = z
  .object({
    column: z.string(),
    start: z.int().min(0),
    end: z.int().min(1),
    /** What stands there; without it the word itself does, in any case. */
    surface: z.string().optional(),
    /** What takes its place, once for each token of the word; [PAD] unless given. */
    replacement: z.string().optional()
  })
  .refine((span) => span.end > span.start, 'must end after its start')

/** Why the edit is there: a sentence, and the influence of the row (or of the word in it). */
const why = { row: rowNumber, reason: z.string(), influence: z.number() }

const editSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('remove'), ...why }),
  z.object({ kind: z.literal('pad'), word: z.string(), spans: z.array(spanSchema), ...why }),
  z.object({ kind: z.literal('relabel'), label: z.string(), ...why }),
  z.object({ kind: z.literal('weight'), weight: z.number().min(0), ...why })
])

/** An arm without its single rounds. */
const armInBrief = armSchema.omit({ byRound: true })

const dataSchema = z.object({
  /** Base name of the data file. */
  file: z.string(),
  format: z.enum(formats),
  rows: rowNumber,
  /** Of the data set with its split, as the project has it. */
  fingerprint: z.string(),
  /** Of the file's bytes. */
  sourceSha256: sha256,
  /** Of the texts and labels in order, the same in every format (see content-hash.ts). */
  contentSha256: sha256,
  columns: columnsSchema
})

const fixSchema = z.object({
  example: z.object({
    row: rowNumber,
    text: z.string(),
    trueLabel: z.string(),
    predictedLabel: z.string()
  }),
  method: z.string(),
  action: z.string(),
  k: z.int().min(0),
  seeds: z.array(z.number()),
  result: z.object({
    baseline: armInBrief,
    control: armInBrief.nullable(),
    edited: armInBrief,
    uplift: upliftSchema
  })
})

const fileSchema = z.object({
  format: z.literal('erratum-edits'),
  version: z.literal(editsVersion),
  /** The version of Erratum that wrote the file. */
  erratum: z.string(),
  createdAt: z.iso.datetime(),
  data: dataSchema,
  /** The fixes whose edits these are: what each was for, and what retraining said of it. */
  fixes: z.array(fixSchema).min(1),
  edits: z.array(editSchema)
})

/** The columns of a data file that hold what is learned. */
export type TextColumns = z.infer<typeof columnsSchema>

/** One edit in terms of the data file. */
export type FileEdit = z.infer<typeof editSchema>

/** A place in one column of a row, in UTF-16 offsets. */
export type ColumnSpan = z.infer<typeof spanSchema>

/** What identifies a data file. */
export type DataIdentity = z.infer<typeof dataSchema>

/** What `edits.json` says of a fix. */
export type DescribedFix = z.infer<typeof fixSchema>

/** The whole of `edits.json`. */
export type EditsFile = z.infer<typeof fileSchema>

/** Writes `edits.json`, all or nothing. */
export function writeEditsFile(path: string, edits: EditsFile): Promise<void> {
  return writeJsonAtomically(path, edits)
}

/** Reads `edits.json`; throws `bad-data` naming the file and the field. */
export async function readEditsFile(path: string): Promise<EditsFile> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error)
    throw new ErratumError(
      'bad-data',
      `${path}: the edits cannot be read (${reason}). Check the path.`
    )
  })
  return parseEditsFile(path, text)
}

/** The edits in the text of an `edits.json`; `path` is for messages. */
export function parseEditsFile(path: string, text: string): EditsFile {
  const value = parseJson(path, text)
  const head = z.object({ format: z.literal('erratum-edits'), version: z.int() }).safeParse(value)
  if (!head.success) {
    throw new ErratumError(
      'bad-data',
      `${path} is not a file of edits: it does not say "format": "erratum-edits" and a version. ` +
        'Give the edits.json of an export.'
    )
  }
  if (head.data.version > editsVersion) {
    throw new ErratumError(
      'bad-data',
      `${path} is of version ${head.data.version}, and this Erratum reads up to version ` +
        `${editsVersion}. Update Erratum, or export the edits again with this one.`
    )
  }
  const result = fileSchema.safeParse(value)
  if (result.success) return result.data
  const issue = result.error.issues[0]!
  throw new ErratumError(
    'bad-data',
    `${path}, field ${fieldName(issue.path)}: ${issue.message}. Export the edits again, or correct the field.`
  )
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new ErratumError(
      'bad-data',
      `${path} is not JSON (${reason}). Give the edits.json of an export, unchanged.`
    )
  }
}

/** A path into the document as a reader writes it: `edits[3].spans[0].start`. */
function fieldName(path: readonly PropertyKey[]): string {
  return path
    .map((part, at) => {
      if (typeof part === 'number') return `[${part}]`
      return at === 0 ? String(part) : `.${String(part)}`
    })
    .join('')
}
