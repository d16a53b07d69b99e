/** Rows of text in columns. */

/** Lines whose columns stand under each other: words from the left, all others from the right. */
export function table(rows: readonly (readonly string[])[], words: readonly number[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  const line = (row: readonly string[]) =>
    row
      .map((cell, c) => (words.includes(c) ? cell.padEnd(widths[c]!) : cell.padStart(widths[c]!)))
      .join('  ')
  return rows.map((row) => line(row).trimEnd()).join('\n')
}

/** Milliseconds for people. */
export function milliseconds(ms: number): string {
  return ms.toFixed(ms < 100 ? 2 : 0)
}
