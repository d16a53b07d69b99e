/** Puts a fix in terms of the data file, for `edits.json`. */
import type { Dataset } from '../dataset/dataset.ts'
import { ErratumError } from '../errors.ts'
import type { Edit, PadEdit } from '../fix/edits.ts'
import type { ArmReport, FixReport } from '../retrain/fix-report.ts'
import type { Tokenizer } from '../tokens/tokenizer.ts'
import { placesOf } from '../tokens/tokenizer.ts'
import type { ColumnSpan, DescribedFix, FileEdit, TextColumns } from './edits-file.ts'

/** What edits mean in a data set. */
export interface EditContext {
  dataset: Pick<Dataset, 'labels' | 'text'>
  columns: TextColumns
  /** Why an edit is there, as a sentence, and the influence that speaks for it. */
  why(edit: Edit): { reason: string; influence: number }
  tokenizer: Tokenizer
}

/** Edits with the places of their words and the names of their labels, in the order given. */
export function describeEdits(edits: readonly Edit[], context: EditContext): FileEdit[] {
  return edits.map((edit): FileEdit => {
    const { row } = edit
    const why = context.why(edit)
    switch (edit.kind) {
      case 'remove':
        return { kind: 'remove', row, ...why }
      case 'pad':
        return { kind: 'pad', row, word: edit.word, spans: columnSpans(edit, context), ...why }
      case 'relabel':
        return { kind: 'relabel', row, label: labelOf(edit.class, context), ...why }
      case 'weight':
        return { kind: 'weight', row, weight: edit.weight, ...why }
    }
  })
}

/** What `edits.json` says of a fix besides its edits. */
export function describeFix(report: FixReport): DescribedFix {
  const { example: row, text, trueLabel, predictedLabel, method, action, k, seeds } = report
  const { baseline, control, edited, uplift } = report
  return {
    example: { row, text, trueLabel, predictedLabel },
    ...{ method, action, k, seeds },
    result: {
      baseline: summaryOf(baseline),
      control: control && summaryOf(control),
      edited: summaryOf(edited),
      uplift: { ...uplift, interval: [...uplift.interval] }
    }
  }
}

function columnSpans(edit: PadEdit, context: EditContext): ColumnSpan[] {
  const { columns, dataset, tokenizer } = context
  const names = [columns.text, columns.textPair ?? '']
  const spans = dataset.text(edit.row).flatMap((text, part) =>
    placesOf(tokenizer, text, edit.word).map(({ from, end, tokens }) => ({
      column: names[part]!,
      ...{ start: from, end },
      surface: text.slice(from, end),
      replacement: tokenizer.padLiteral.repeat(tokens)
    }))
  )
  if (spans.length > 0) return spans
  throw new ErratumError(
    'bad-argument',
    `An edit pads the word "${edit.word}" in row ${edit.row}, whose text does not have it. ` +
      'Take the edit out, or name a word of the row.'
  )
}

function labelOf(index: number, { dataset }: EditContext): string {
  const label = dataset.labels[index]
  if (label !== undefined) return label
  throw new ErratumError(
    'bad-argument',
    `An edit gives a row the class ${index}, and there are ${dataset.labels.length} classes (the ` +
      'first is 0). Name one of these.'
  )
}

function summaryOf(arm: ArmReport): DescribedFix['result']['baseline'] {
  const { fixed, rounds, probability, interval, meanTrueProbability, accuracy } = arm
  return { fixed, rounds, probability, interval: [...interval], meanTrueProbability, accuracy }
}
