/** Decides which rows are trained on and which are held out. */
import { ErratumError } from '../errors.ts'
import { hashString, keyedShuffle } from '../random.ts'
import { cellText } from './columns.ts'
import { splits, type Split } from './dataset.ts'
import type { Labelled } from './labels.ts'
import type { Source, SourceRecord } from './source.ts'
import { place, quotedValue } from './wording.ts'

/** What a split column says of a row; validation is decided when it is known if there is a test. */
const named: Record<string, Split | 'validation'> = {
  train: 'train',
  training: 'train',
  test: 'test',
  validation: 'validation',
  valid: 'validation',
  val: 'validation',
  dev: 'validation'
}

/** The code of a row in a validation split, beside the indices of `splits`. */
const validation = splits.length

/** Index of a split in `splits`. */
export function splitCode(split: Split): number {
  return splits.indexOf(split)
}

/** The code that the split column gives a record; `settleValidation` makes it final. */
export function readSplit(source: Source, record: SourceRecord, column: string): number {
  const value = cellText(source, record, column).trim()
  const name = value.toLowerCase()
  const split = Object.hasOwn(named, name) ? named[name] : undefined
  if (split) return split === 'validation' ? validation : splitCode(split)
  throw new ErratumError(
    'bad-data',
    `${place(source.name, record)}: column ${quotedValue(column)} says ${quotedValue(value)}, which is none of train, test, validation, valid, val, dev. Correct it, or leave the split column out to have rows held out at random.`
  )
}

/** Validation rows are held out when there are no test rows, and left unused when there are. */
export function settleValidation(source: Source, codes: Uint8Array, column: string): Uint8Array {
  const hasTest = codes.includes(splitCode('test'))
  const code = splitCode(hasTest ? 'unused' : 'test')
  const settled = codes.map((value) => (value === validation ? code : value))
  for (const split of ['train', 'test'] as const) {
    if (settled.includes(splitCode(split))) continue
    throw new ErratumError(
      'bad-data',
      `${source.name}: column ${quotedValue(column)} gives no row to ${split === 'train' ? 'train' : 'test or validation'}. Correct it, or leave the split column out to have rows held out at random.`
    )
  }
  return settled
}

/**
 * Holds out the same share of every class, chosen by the seed: at least one row and at most all but
 * one. A class of a single row stays in training.
 */
export function splitAtRandom(classes: Int32Array, seed: number, share: number): Uint8Array {
  const rowsOfClass = new Map<number, number[]>()
  classes.forEach((value, row) => {
    const rows = rowsOfClass.get(value)
    if (rows) rows.push(row)
    else rowsOfClass.set(value, [row])
  })
  const codes = new Uint8Array(classes.length).fill(splitCode('train'))
  for (const rows of rowsOfClass.values()) {
    const most = rows.length - 1
    const held = Math.min(most, Math.max(1, Math.round(rows.length * share)))
    const order = keyedShuffle(rows, seed, hashString('held-out split'))
    for (const row of order.slice(0, held)) codes[row] = splitCode('test')
  }
  return codes
}

/** Throws `bad-data` unless two labels are trained on and some row is held out. */
export function requireUsable(
  source: Source,
  { labels, classes }: Labelled,
  codes: Uint8Array
): void {
  const train = splitCode('train')
  const trained = new Set(classes.filter((_, row) => codes[row] === train))
  const [only] = trained
  if (trained.size === 1) {
    throw new ErratumError(
      'bad-data',
      `${source.name}: every row to train on has the label ${quotedValue(labels[only!]!)}. A classifier needs at least two labels to train on.`
    )
  }
  if (codes.includes(splitCode('test'))) return
  throw new ErratumError(
    'bad-data',
    `${source.name}: no row can be held out, since no label has two rows. Give more rows.`
  )
}
