/** The order of training: which rows make up each step. */
import { keyedShuffle } from '../random.ts'

export interface BatchPlan {
  /** [texts] padded length of each text; a batch holds texts of one padded length. */
  tokens: ArrayLike<number>
  /** [texts] row id of each text, which with seed and epoch decides its place. */
  rows: ArrayLike<number>
  batchSize: number
  seed: number
}

/**
 * The batches of one epoch, as indices of texts. Rows come in the order of a key made of seed, epoch
 * and row id; each joins the open batch of its length, and a full batch is given out. Rows that an
 * edit leaves out keep their place in the plan (with weight 0), so that the edited run sees the
 * others in the same batches as the unedited one.
 */
export function batchesOf({ tokens, rows, batchSize, seed }: BatchPlan, epoch: number): number[][] {
  const indexOf = new Map(Array.from(rows, (row, index) => [row, index]))
  const batches: number[][] = []
  const open = new Map<number, number[]>()
  for (const row of keyedShuffle(indexOf.keys(), seed, epoch)) {
    const index = indexOf.get(row)!
    const length = tokens[index]!
    const batch = open.get(length) ?? []
    if (batch.length === 0) open.set(length, batch)
    batch.push(index)
    if (batch.length === batchSize) {
      batches.push(batch)
      open.delete(length)
    }
  }
  // What is left over mixes lengths, the shorter first: a batch is padded to its longest text.
  const rest = [...open].sort(([a], [b]) => a - b).flatMap(([, batch]) => batch)
  for (let start = 0; start < rest.length; start += batchSize) {
    batches.push(rest.slice(start, start + batchSize))
  }
  return batches
}
