/** Parts that the sentences of this folder share. */

/** A number as a reader expects it: 4182 is 4,182. */
export function counted(value: number): string {
  return value.toLocaleString('en-US')
}

/** A number with its noun: 1 row, 4,182 rows. */
export function plural(value: number, noun: string): string {
  return `${counted(value)} ${noun}${value === 1 ? '' : 's'}`
}

/** A list for a sentence, cut after `most` entries. */
export function listed(names: readonly string[], most = 12): string {
  const more = names.length - most
  return names.slice(0, most).join(', ') + (more > 0 ? ` and ${counted(more)} more` : '')
}

/** A value in quotation marks, cut where it would fill the screen. */
export function quotedValue(value: string): string {
  return `"${value.length > 60 ? `${value.slice(0, 60)}…` : value}"`
}

/** Where a record stands: `reviews.csv, row 4,182 (line 4,184)`. */
export function place(name: string, record: { row: number; line: number }): string {
  const line = record.line > 0 ? ` (line ${counted(record.line)})` : ''
  return `${name}, row ${counted(record.row)}${line}`
}

/** The name most like `wanted`, or undefined when none is like enough to suggest. */
export function nearest(wanted: string, names: readonly string[]): string | undefined {
  let best: string | undefined
  let least = Math.max(1, Math.floor(wanted.length / 3)) + 1
  for (const name of names) {
    const distance = editDistance(wanted.toLowerCase(), name.toLowerCase())
    if (distance < least) {
      best = name
      least = distance
    }
  }
  return best
}

/** Insertions, deletions, substitutions and swaps of neighbours that turn one text into the other. */
function editDistance(from: string, to: string): number {
  if (from.length > 200 || to.length > 200) return from === to ? 0 : Infinity
  let before: number[] = []
  let above = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (let i = 1; i <= from.length; i++) {
    const current = [i]
    for (let j = 1; j <= to.length; j++) {
      const same = from[i - 1] === to[j - 1]
      let least = Math.min(above[j - 1]! + (same ? 0 : 1), above[j]! + 1, current[j - 1]! + 1)
      if (i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]) {
        least = Math.min(least, before[j - 2]! + 1)
      }
      current.push(least)
    }
    before = above
    above = current
  }
  return above[to.length]!
}
