/** Finds texts that are nearly the same, such as forwarded mails and quotes. */

/** Texts whose sets of words overlap by at least this share of their union are near-duplicates. */
const leastOverlap = 0.7

/**
 * For each text, given by the set of its words, the number of its group: that of the first text which is nearly
 * the same. Takes time quadratic in the number of texts, which is that of a list for people.
 */
export function groupNearDuplicates(texts: readonly ReadonlySet<unknown>[]): number[] {
  const groups: number[] = []
  texts.forEach((words, n) => {
    const like = texts.findIndex((other, m) => m < n && areAlike(words, other))
    groups.push(like < 0 || like === n ? n : groups[like]!)
  })
  return groups
}

/** Whether |a ∩ b| / |a ∪ b| reaches the least overlap; most pairs are told apart by a few words. */
function areAlike(a: ReadonlySet<unknown>, b: ReadonlySet<unknown>): boolean {
  const [small, large] = a.size < b.size ? [a, b] : [b, a]
  // |a ∩ b| = s leaves a union of |a| + |b| − s, so s must reach this.
  const needed = (leastOverlap * (small.size + large.size)) / (1 + leastOverlap)
  let mayMiss = small.size - needed
  if (small.size === 0 || mayMiss < 0) return false
  for (const word of small) if (!large.has(word) && --mayMiss < 0) return false
  return true
}
