/** Finds texts that are nearly the same, such as forwarded mails and quotes. */
import { tokenize } from '../tokens/tokenize.ts'

/** Texts whose sets of words overlap by at least this share of their union are near-duplicates. */
const leastOverlap = 0.7

/**
 * For each text the number of its group: that of the first text which is nearly the same. Takes time
 * quadratic in the number of texts, which is that of a list for people.
 */
export function groupNearDuplicates(texts: readonly string[]): number[] {
  const sets = texts.map((text) => new Set(tokenize(text).map(({ word }) => word)))
  const groups: number[] = []
  sets.forEach((words, n) => {
    const like = sets.slice(0, n).findIndex((other) => overlap(words, other) >= leastOverlap)
    groups.push(like < 0 ? n : groups[like]!)
  })
  return groups
}

/** |a ∩ b| / |a ∪ b|, or 0 where their sizes alone rule out the least overlap. */
function overlap(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const [small, large] = a.size < b.size ? [a, b] : [b, a]
  if (small.size < leastOverlap * large.size) return 0
  let shared = 0
  for (const word of small) if (large.has(word)) shared++
  return shared / (small.size + large.size - shared)
}
