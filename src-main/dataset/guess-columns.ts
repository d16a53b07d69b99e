/** Guesses what the columns of a data file hold, for the user to correct. */

export interface ColumnGuess {
  text: string | null
  textPair: string | null
  label: string | null
  split: string | null
}

const names = {
  text: ['text', 'sentence', 'review', 'content', 'premise', 'sentence1', 'question1', 'body'],
  textPair: ['text_pair', 'hypothesis', 'sentence2', 'question2', 'text2'],
  label: ['label', 'class', 'target', 'category', 'sentiment', 'y'],
  split: ['split', 'set', 'fold', 'partition']
} as const

const splitValues = new Set(['train', 'training', 'test', 'testing', 'validation', 'valid', 'dev'])

/**
 * By the usual names; failing these, the column with the longest cells is the text, and the one with
 * the fewest distinct values, several rows each, the label. `sample` holds rows of cells.
 */
export function guessColumns(
  columns: readonly string[],
  sample: readonly (readonly string[])[]
): ColumnGuess {
  const cells = (column: string) => sample.map((row) => row[columns.indexOf(column)] ?? '')
  const named = (purpose: keyof typeof names, among: readonly string[]) =>
    names[purpose]
      .map((name) => among.find((column) => column.trim().toLowerCase() === name))
      .find((column) => column !== undefined) ?? null
  const free = (...taken: (string | null)[]) => columns.filter((each) => !taken.includes(each))

  const split = named('split', columns) ?? columns.find(isSplit(cells)) ?? null
  const label = named('label', free(split)) ?? fewestValues(free(split), cells)
  const text = named('text', free(split, label)) ?? longest(free(split, label), cells)
  const textPair = named('textPair', free(split, label, text))
  return { text, textPair, label, split }
}

const isSplit = (cells: (column: string) => string[]) => (column: string) => {
  const values = cells(column)
  return values.length > 0 && values.every((value) => splitValues.has(value.toLowerCase()))
}

function fewestValues(columns: readonly string[], cells: (column: string) => string[]) {
  const counted = columns
    .map((column) => ({ column, values: cells(column) }))
    .map(({ column, values }) => ({ column, distinct: new Set(values).size, rows: values.length }))
    .filter(({ distinct, rows }) => distinct > 1 && distinct <= rows / 2)
    .sort((a, b) => a.distinct - b.distinct)
  return counted[0]?.column ?? null
}

function longest(columns: readonly string[], cells: (column: string) => string[]) {
  const length = (column: string) => cells(column).reduce((sum, cell) => sum + cell.length, 0)
  return columns.toSorted((a, b) => length(b) - length(a))[0] ?? null
}
