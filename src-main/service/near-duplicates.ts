/**
 * Finds texts that are nearly the same, such as forwarded mails and quotes, without comparing each
 * with each. Where |a ∩ b| ≥ t |a ∪ b|, a shares at least t |a| of its words, so also one of any
 * (1 − t) |a| + 1 of them; and with the words in one order for all texts, one of the last of a is one
 * of the last of b (prefix filtering; Chaudhuri et al. 2006, section 4). With rare words last, few
 * texts that differ have that.
 */

/** Texts whose sets of words overlap by at least this share of their union are near-duplicates. */
const leastOverlap = 0.7

/**
 * For each text, given by the ids of its words, the number of its group: that of the first text which
 * is nearly the same. Quick where rare words have large ids, as in a vocabulary.
 */
export function groupNearDuplicates(texts: readonly Int32Array[]): number[] {
  const sets = texts.map(distinct)
  const groups: number[] = []
  /** By word: the texts so far that have it among their last. */
  const having = new Map<number, number[]>()
  sets.forEach((words, n) => {
    const candidates = new Set<number>()
    const length = words.length > 0 ? Math.floor((1 - leastOverlap) * words.length) + 1 : 0
    for (const word of words.subarray(words.length - length)) {
      const others = having.get(word)
      others?.forEach((m) => candidates.add(m))
      if (others) others.push(n)
      else having.set(word, [n])
    }
    const like = Array.from(candidates).sort((a, b) => a - b)
    const first = like.find((m) => areAlike(words, sets[m]!))
    groups.push(first === undefined ? n : groups[first]!)
  })
  return groups
}

/** The distinct ids, ascending. */
function distinct(ids: Int32Array): Int32Array {
  return ids.toSorted().filter((id, n, sorted) => n === 0 || id !== sorted[n - 1])
}

/** Whether |a ∩ b| / |a ∪ b| reaches the least overlap. */
function areAlike(a: Int32Array, b: Int32Array): boolean {
  const shared = overlap(a, b)
  return shared >= leastOverlap * (a.length + b.length - shared)
}

/** |a ∩ b| of ascending numbers. */
function overlap(a: Int32Array, b: Int32Array): number {
  let shared = 0
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const difference = a[i]! - b[j]!
    if (difference === 0) shared++
    if (difference <= 0) i++
    if (difference >= 0) j++
  }
  return shared
}
