/** All that a list of edits does to each row, and what a row's new values are. */
import type { Fields, Source, SourceRecord } from '../dataset/source.ts'
import { ErratumError } from '../errors.ts'
import { normaliseWord, padLiteral, replaceSpans } from '../tokens/tokenize.ts'
import type { ColumnSpan, FileEdit, TextColumns } from './edits-file.ts'
import { plainText } from './plain-text.ts'

/** The column that weight edits add. */
export const weightColumn = 'weight'

type WordSpan = Omit<ColumnSpan, 'column'> & { word: string }

interface RowPlan {
  removed: boolean
  /** By column, ascending. */
  spans: Map<string, WordSpan[]>
  label?: string
  weight?: number
}

/** The edits of a list by row, and the columns of the file that is written. */
export interface EditPlan {
  source: Pick<Source, 'name' | 'columns'>
  labelColumn: string
  rows: Map<number, RowPlan>
  weighted: boolean
  /** The columns of the edited file: the source's, and `weight` where weight edits ask for it. */
  columns: string[]
}

/** Sorts edits by row; throws `bad-argument` for two that contradict each other. */
export function planEdits(
  source: EditPlan['source'],
  columns: TextColumns,
  edits: readonly FileEdit[]
): EditPlan {
  for (const column of [columns.text, columns.textPair ?? columns.text, columns.label]) {
    if (!source.columns.includes(column)) throw noColumn(source, column)
  }
  const rows = new Map<number, RowPlan>()
  for (const edit of edits) {
    const plan = rows.get(edit.row) ?? { removed: false, spans: new Map() }
    rows.set(edit.row, plan)
    addEdit(plan, edit)
  }
  for (const [row, { spans }] of rows) spans.forEach((list) => sortSpans(row, list))
  const weighted = edits.some((edit) => edit.kind === 'weight')
  const added = weighted && !source.columns.includes(weightColumn) ? [weightColumn] : []
  return {
    source,
    labelColumn: columns.label,
    rows,
    weighted,
    columns: [...source.columns, ...added]
  }
}

/** The values that the edits change in a row, by column; null for a row that is removed. */
export function changesOf(plan: EditPlan, record: SourceRecord): Fields | null {
  const edits = plan.rows.get(record.row)
  if (edits?.removed) return null
  const changes: Fields = {}
  edits?.spans.forEach((spans, column) => {
    const text = plainText(record.fields[column])
    for (const span of spans) checkWord(plan, record, { ...span, column, text })
    changes[column] = replaceSpans(text, spans, padLiteral)
  })
  if (edits?.label !== undefined) {
    const before = record.fields[plan.labelColumn]
    changes[plan.labelColumn] = alike(before, edits.label)
  }
  if (plan.weighted) addWeight(plan, record, changes)
  return changes
}

/** Throws `bad-argument` when an edit is of a row past the end of the file. */
export function checkAllRowsSeen(plan: EditPlan, rowCount: number): void {
  for (const row of plan.rows.keys()) {
    if (row >= rowCount) {
      throw new ErratumError(
        'bad-argument',
        `${plan.source.name}: an edit is of row ${row}, and the file has ${rowCount} rows (the ` +
          'first is 0). Give the data file that the edits were made for.'
      )
    }
  }
}

function addEdit(plan: RowPlan, edit: FileEdit): void {
  switch (edit.kind) {
    case 'remove':
      plan.removed = true
      return
    case 'pad':
      for (const { column, ...span } of edit.spans) {
        const list = plan.spans.get(column) ?? []
        plan.spans.set(column, list)
        const twice = list.some(({ start, end }) => span.start === start && span.end === end)
        if (!twice) list.push({ ...span, word: edit.word })
      }
      return
    case 'relabel':
      if (plan.label !== undefined && plan.label !== edit.label) {
        throw contradiction(edit.row, `gets the labels "${plan.label}" and "${edit.label}"`)
      }
      plan.label = edit.label
      return
    case 'weight':
      if (plan.weight !== undefined && plan.weight !== edit.weight) {
        throw contradiction(edit.row, `gets the weights ${plan.weight} and ${edit.weight}`)
      }
      plan.weight = edit.weight
      return
  }
}

function sortSpans(row: number, spans: WordSpan[]): void {
  spans.sort((a, b) => a.start - b.start)
  spans.forEach((span, at) => {
    const before = spans[at - 1]
    if (before && before.end > span.start) {
      throw contradiction(row, `has overlapping words "${before.word}" and "${span.word}" padded`)
    }
  })
}

function checkWord(
  plan: EditPlan,
  record: SourceRecord,
  span: WordSpan & { column: string; text: string }
): void {
  const found = span.text.slice(span.start, span.end)
  const isFound =
    span.surface === undefined ? normaliseWord(found) === span.word : found === span.surface
  if (span.end <= span.text.length && isFound) return
  throw new ErratumError(
    'other-data',
    `${plan.source.name}, row ${record.row}, column ${span.column}: the edits pad the word ` +
      `"${span.word}" at ${span.start} to ${span.end}, where the text has "${found}". ` +
      'Give the data file that the edits were made for.'
  )
}

/** Every row of a weighted file has a weight: what the column holds, or 1, times the edit's factor. */
function addWeight(plan: EditPlan, record: SourceRecord, changes: Fields): void {
  const factor = plan.rows.get(record.row)?.weight
  if (factor === undefined && plan.source.columns.includes(weightColumn)) return
  const before = plainText(record.fields[weightColumn])
  const weight = (before === '' ? 1 : Number(before)) * (factor ?? 1)
  if (Number.isNaN(weight)) {
    throw new ErratumError(
      'bad-data',
      `${plan.source.name}, row ${record.row}: the column weight holds "${before}", which is ` +
        'no number, and an edit multiplies it. Correct it, or rename the column.'
    )
  }
  changes[weightColumn] = weight
}

/** A label as the column writes its labels: a number among numbers, a truth value among those. */
function alike(before: unknown, label: string): unknown {
  if (typeof before === 'number' && Number.isFinite(Number(label))) return Number(label)
  if (typeof before === 'bigint' && /^-?\d+$/.test(label)) return BigInt(label)
  if (typeof before === 'boolean' && /^(true|false)$/.test(label)) return label === 'true'
  return label
}

function contradiction(row: number, what: string): ErratumError {
  return new ErratumError(
    'bad-argument',
    `The edits contradict each other: row ${row} ${what}. Take one of the two edits out.`
  )
}

function noColumn(source: EditPlan['source'], column: string): ErratumError {
  return new ErratumError(
    'other-data',
    `${source.name} has no column "${column}"; its columns are ${source.columns.join(', ')}. ` +
      'Give the data file that the edits were made for.'
  )
}
