/** Finds rows with the same text by the hashes of their texts. */
import { hash } from 'node:crypto'
import { splitCode } from './split.ts'
import { Growing } from './growing.ts'

/** How many rows or groups a report lists. */
export const mostListed = 100

/** Rows with the same text. */
export interface RepeatReport {
  /** Rows whose text an earlier row has as well. */
  duplicates: { rows: number; groups: number[][] }
  /** Rows whose text stands under another label as well. */
  conflicts: { rows: number; groups: number[][] }
  /** Held-out rows whose text is also trained on. */
  leaks: { rows: number; ids: number[] }
}

/**
 * 64 bits of SHA-256 for each text: among ten million different texts, a chance of 3 in a million
 * that any two have the same.
 */
export class TextHashes {
  readonly #high = new Growing(Uint32Array)
  readonly #low = new Growing(Uint32Array)

  /** Adds the text of the next row. */
  push(text: string): void {
    const bytes = hash('sha256', text, 'buffer')
    this.#high.push(bytes.readUInt32LE(0))
    this.#low.push(bytes.readUInt32LE(4))
  }

  /** Groups of two and more rows with the same text, in the order of their first rows. */
  groups(isEmpty: (row: number) => boolean): Uint32Array[] {
    const high = this.#high.finish()
    const low = this.#low.finish()
    const order = Uint32Array.from(high.keys()).filter((row) => !isEmpty(row))
    order.sort((a, b) => high[a]! - high[b]! || low[a]! - low[b]! || a - b)
    const groups: Uint32Array[] = []
    for (let start = 0, end = 1; end <= order.length; end++) {
      const [row, next] = [order[start]!, order[end]]
      if (next !== undefined && high[row] === high[next] && low[row] === low[next]) continue
      if (end - start > 1) groups.push(order.subarray(start, end))
      start = end
    }
    return groups.sort((a, b) => a[0]! - b[0]!)
  }
}

/** Reports on groups of rows with the same text. */
export function reportRepeats(
  groups: readonly Uint32Array[],
  classes: Int32Array,
  splitOf: Uint8Array
): RepeatReport {
  const [train, test] = [splitCode('train'), splitCode('test')]
  const conflicting = groups.filter((rows) =>
    rows.some((row) => classes[row] !== classes[rows[0]!])
  )
  const leaked = groups
    .filter((rows) => rows.some((row) => splitOf[row] === train))
    .flatMap((rows) => [...rows].filter((row) => splitOf[row] === test))
    .sort((a, b) => a - b)
  return {
    duplicates: { rows: rowsIn(groups) - groups.length, groups: firstOf(groups) },
    conflicts: { rows: rowsIn(conflicting), groups: firstOf(conflicting) },
    leaks: { rows: leaked.length, ids: leaked.slice(0, mostListed) }
  }
}

function rowsIn(groups: readonly Uint32Array[]): number {
  return groups.reduce((sum, rows) => sum + rows.length, 0)
}

function firstOf(groups: readonly Uint32Array[]): number[][] {
  return groups.slice(0, mostListed).map((rows) => [...rows.subarray(0, mostListed)])
}
