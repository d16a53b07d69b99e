/** Turns the label column into classes. */
import { ErratumError } from '../errors.ts'
import { cellText } from './columns.ts'
import type { Source, SourceRecord } from './source.ts'
import { counted, listed, nearest, place, plural, quotedValue } from './wording.ts'

const mostLabels = 1000

/** The labels that were met, in the order of the classes, and the classes of the rows. */
export interface Labelled {
  labels: string[]
  /** [rows] index into `labels`. */
  classes: Int32Array
}

export class LabelReader {
  readonly #column: string
  readonly #given: readonly string[] | undefined
  readonly #indices = new Map<string, number>()

  /** `given`: the labels in the order of the classes, or undefined to take those of the rows. */
  constructor(column: string, given: readonly string[] | undefined) {
    this.#column = column
    this.#given = given?.map((label) => label.trim())
    if (this.#given) requireLabels(this.#given)
    this.#given?.forEach((label, index) => this.#indices.set(label, index))
  }

  /** A provisional class for the record; `finish` gives the final ones. */
  read(source: Source, record: SourceRecord): number {
    const label = cellText(source, record, this.#column).trim()
    const known = this.#indices.get(label)
    if (known !== undefined) return known
    if (label === '') {
      throw new ErratumError(
        'bad-data',
        `${place(source.name, record)}: column ${quotedValue(this.#column)} is empty. Give the row a label, or delete the row.`
      )
    }
    if (this.#given) throw this.#unknown(source, record, label)
    if (this.#indices.size === mostLabels)
      throw this.#tooMany(source, `more than ${counted(mostLabels)}`)
    // A copy: a slice would keep the whole chunk of the file that it was cut from alive.
    this.#indices.set(JSON.parse(JSON.stringify(label)) as string, this.#indices.size)
    return this.#indices.size - 1
  }

  /** Sorts the labels (numbers by value, names by alphabet) unless they were given. */
  finish(source: Source, provisional: Int32Array): Labelled {
    if (this.#given) return { labels: [...this.#given], classes: provisional }
    const met = [...this.#indices.keys()]
    if (met.length === 1) {
      throw new ErratumError(
        'bad-data',
        `${source.name}: every row has the label ${quotedValue(met[0]!)} in column ${quotedValue(this.#column)}. A classifier needs at least two labels; choose another column.`
      )
    }
    if (met.length > 2 && met.length * 2 >= provisional.length) {
      throw this.#tooMany(source, `${counted(met.length)} different`)
    }
    const labels = sortLabels(met)
    const final = met.map((label) => labels.indexOf(label))
    return { labels, classes: provisional.map((index) => final[index]!) }
  }

  #unknown(source: Source, record: SourceRecord, label: string): ErratumError {
    const given = this.#given ?? []
    const near = nearest(label, given)
    const advice = near ? ` Did you mean ${quotedValue(near)}?` : ''
    return new ErratumError(
      'bad-data',
      `${place(source.name, record)}: label ${quotedValue(label)} is not one of ${listed(given)}.${advice} Correct it, or pass --labels.`
    )
  }

  #tooMany(source: Source, howMany: string): ErratumError {
    return new ErratumError(
      'bad-data',
      `${source.name}: column ${quotedValue(this.#column)} holds ${howMany} labels, as many as half of its rows or more than a classifier can learn, so it looks like no label column. Choose another; the columns are ${listed(source.columns, 40)}. If it is the one, pass --labels.`
    )
  }
}

/** Numbers by value if all are numbers, else names by alphabet. */
export function sortLabels(labels: readonly string[]): string[] {
  const numeric = labels.every((label) => Number.isFinite(Number(label)))
  return labels.toSorted((a, b) => (numeric && Number(a) - Number(b)) || (a < b ? -1 : 1))
}

function requireLabels(labels: readonly string[]): void {
  const twice = labels.find((label, at) => labels.indexOf(label) !== at)
  const problem =
    labels.length < 2
      ? `only ${plural(labels.length, 'label')}`
      : labels.includes('')
        ? 'an empty label'
        : twice === undefined
          ? undefined
          : `${quotedValue(twice)} twice`
  if (!problem) return
  throw new ErratumError(
    'bad-argument',
    `--labels names ${problem}. Name every label once, at least two.`
  )
}
