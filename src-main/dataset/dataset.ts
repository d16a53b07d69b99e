/**
 * A labelled text data set as every later stage sees it. Row ids are 0-based row numbers in the
 * source (the header is no row; the rows of a separate test file follow on), stable for ever.
 */

/** Which part a row plays. */
export const splits = ['train', 'test', 'unused'] as const
export type Split = (typeof splits)[number]

/** The text of a row: one text, or a pair such as premise and hypothesis. */
export type RowText = readonly [string] | readonly [string, string]

export interface Dataset {
  /** Label names; a row's class is an index into them. */
  readonly labels: readonly string[]
  readonly rowCount: number
  /** [rowCount] class of each row. */
  readonly classes: Int32Array
  /** [rowCount] index into `splits` of each row. */
  readonly splitOf: Uint8Array
  /** Hex SHA-256 of the rows' content (texts, labels, split), the same for the same data in any format. */
  readonly fingerprint: string
  /** The text of one row, read when asked for, so that the texts need not fit in memory. */
  text(row: number): RowText
}

/** Ids of the rows of one split, ascending. */
export function rowsOf(dataset: Pick<Dataset, 'splitOf'>, split: Split): number[] {
  const wanted = splits.indexOf(split)
  const rows: number[] = []
  dataset.splitOf.forEach((value, row) => {
    if (value === wanted) rows.push(row)
  })
  return rows
}
