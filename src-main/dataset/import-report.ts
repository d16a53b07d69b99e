/** What an import found, as data and as warnings in plain English. */
import type { Split } from './dataset.ts'
import type { DatasetManifest } from './manifest.ts'
import { mostListed, reportRepeats, type RepeatReport } from './repeats.ts'
import type { Rows } from './row-collector.ts'
import type { Source } from './source.ts'
import { counted, listed, nearest, plural, quotedValue } from './wording.ts'

/** More labels with the same problem than this share one sentence. */
const mostSentences = 3

/** How many rows of each split have a label. */
export type LabelCount = { label: string } & Record<Split, number>

export interface ImportReport extends RepeatReport {
  rows: number
  /** The columns of the data file. */
  columns: string[]
  labels: LabelCount[]
  /** Rows without any text (white space aside). */
  empty: { rows: number; ids: number[] }
  /** The longest text (of a pair, both together) in UTF-16 code units. */
  longest: { row: number; characters: number }
  fingerprint: string
  warnings: string[]
}

/** The report of an import that went well. */
export function toReport(
  sources: readonly Source[],
  rows: Rows,
  { labels, counts, fingerprint }: DatasetManifest,
  splitOf: Uint8Array
): ImportReport {
  const empty = new Set(rows.empty)
  const report = {
    rows: rows.classes.length,
    columns: sources[0]!.columns,
    labels: labels.map((label, index) => ({
      label,
      train: counts.train[index]!,
      test: counts.test[index]!,
      unused: counts.unused[index]!
    })),
    ...reportRepeats(
      rows.hashes.groups((row) => empty.has(row)),
      rows.classes,
      splitOf
    ),
    empty: { rows: rows.empty.length, ids: [...rows.empty.subarray(0, mostListed)] },
    longest: rows.longest,
    fingerprint
  }
  return { ...report, warnings: warningsOf(report, sources) }
}

function warningsOf(report: Omit<ImportReport, 'warnings'>, sources: readonly Source[]): string[] {
  return [
    ...sources.flatMap(encodingWarning),
    ...labelWarnings(report.labels),
    ...repeatWarnings(report),
    ...(report.empty.rows
      ? [
          `${have(report.empty.rows, 'row')} no text: ${ids(report.empty.ids, report.empty.rows)}. A model can learn nothing but the label's share from them.`
        ]
      : [])
  ]
}

function encodingWarning(source: Source): string[] {
  const { encoding = 'utf8', name } = source
  if (encoding.startsWith('utf')) return []
  return [
    `${name} is not UTF-8; it was read as ${encoding}, which is a guess. If letters look wrong, save it as UTF-8 and import it again.`
  ]
}

/** Labels that a model cannot learn or be judged on; one sentence for many of a kind. */
function labelWarnings(all: readonly LabelCount[]): string[] {
  const rows = ({ train, test, unused }: LabelCount) => train + test + unused
  const single = all.filter((label) => rows(label) === 1)
  const several = all.filter((label) => rows(label) > 1)
  const problems: [LabelCount[], string][] = [
    [all.filter((label) => rows(label) === 0), 'no rows'],
    [
      single.filter(({ train }) => train === 1),
      'one row only, which is trained on and never held out'
    ],
    [single.filter(({ train }) => train === 0), 'one row only, which is not trained on'],
    [several.filter(({ train }) => train === 0), 'no row to train on, so no model can predict it'],
    [
      several.filter(({ train, test }) => train > 0 && test === 0),
      'no held-out row, so mistakes on it will not be seen'
    ]
  ]
  const sentences = problems.flatMap(([labels, problem]) =>
    labels.length <= mostSentences
      ? labels.map(
          ({ label }) => `Label ${quotedValue(label)} has ${problem}.${typingError(label, all)}`
        )
      : [
          `${plural(labels.length, 'label')} have each ${problem}: ${listed(labels.map(({ label }) => quotedValue(label)))}.`
        ]
  )
  return [...sentences, ...capitalWarnings(all)]
}

function typingError(label: string, all: readonly LabelCount[]): string {
  if (Number.isFinite(Number(label))) return ''
  const others = all.map((other) => other.label).filter((other) => other !== label)
  const similar = nearest(label, others)
  return similar === undefined ? '' : ` Is it meant to be ${quotedValue(similar)}?`
}

function capitalWarnings(all: readonly LabelCount[]): string[] {
  const seen = new Map<string, string>()
  return all.flatMap(({ label }) => {
    const other = seen.get(label.toLowerCase())
    seen.set(label.toLowerCase(), label)
    if (other === undefined) return []
    return [
      `Labels ${quotedValue(other)} and ${quotedValue(label)} differ in capital letters only. If they mean the same, spell them alike.`
    ]
  })
}

function repeatWarnings({ duplicates, conflicts, leaks }: RepeatReport): string[] {
  const warnings: string[] = []
  if (duplicates.rows) {
    warnings.push(
      `${have(duplicates.rows, 'row')} the same text as an earlier row: ${groups(duplicates.groups)}.`
    )
  }
  if (conflicts.rows) {
    warnings.push(
      `${plural(conflicts.rows, 'row')} with the same text have different labels: ${groups(conflicts.groups)}. At least one label of each group is wrong.`
    )
  }
  if (leaks.rows) {
    warnings.push(
      `${have(leaks.rows, 'held-out row')} the text of a training row: ${ids(leaks.ids, leaks.rows)}. The accuracy will look better than it is.`
    )
  }
  return warnings
}

function have(rows: number, noun: string): string {
  return `${plural(rows, noun)} ${rows === 1 ? 'has' : 'have'}`
}

function ids(rows: readonly number[], total: number): string {
  const shown = rows.slice(0, 5)
  return `${total === 1 ? 'row' : 'rows'} ${listed(shown.map(counted))}${total > shown.length ? ` and ${counted(total - shown.length)} more` : ''}`
}

function groups(rows: readonly number[][]): string {
  const [first = [], ...others] = rows
  return `rows ${listed(first.map(counted), 5)}${others.length ? ', and others' : ''}`
}
