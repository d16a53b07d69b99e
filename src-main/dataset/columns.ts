/** Which columns of a source hold what, and the values of their cells. */
import { ErratumError } from '../errors.ts'
import type { Source, SourceRecord } from './source.ts'
import { listed, nearest, place, quotedValue } from './wording.ts'

/** The columns that a data set is made of, by name. */
export interface ColumnNames {
  text: string
  /** The second text of a pair. */
  textPair?: string | undefined
  label: string
  /** Says for each row which split it belongs to. */
  split?: string | undefined
}

/** Throws `bad-data` for a column that the source lacks, and `bad-argument` for one named twice. */
export function requireColumns(source: Source, columns: ColumnNames): void {
  const wanted = Object.values(columns).filter((name): name is string => name !== undefined)
  const twice = wanted.find((name, at) => wanted.indexOf(name) !== at)
  if (twice !== undefined) {
    throw new ErratumError(
      'bad-argument',
      `Column ${quotedValue(twice)} is named for two purposes. Text, label and split need a column each.`
    )
  }
  for (const name of wanted) {
    if (source.columns.includes(name)) continue
    const near = nearest(name, source.columns)
    const advice = near ? ` Did you mean ${quotedValue(near)}?` : ' Name one of these.'
    throw new ErratumError(
      'bad-data',
      `${source.name}: there is no column ${quotedValue(name)}. The columns are ${listed(source.columns, 40)}.${advice}`
    )
  }
}

/** The cell of a record as text: '' where the source has no value. Throws for a list or an object. */
export function cellText(source: Source, record: SourceRecord, column: string): string {
  const value = record.fields[column]
  switch (typeof value) {
    case 'string':
      return value
    case 'undefined':
      return ''
    case 'number':
      return Number.isNaN(value) ? '' : String(value)
    case 'bigint':
    case 'boolean':
      return String(value)
    default:
      if (value === null) return ''
      if (value instanceof Date) return value.toISOString()
      throw new ErratumError(
        'bad-data',
        `${place(source.name, record)}: column ${quotedValue(column)} holds a list or an object, not a text. Choose another column, or write the value as text.`
      )
  }
}
