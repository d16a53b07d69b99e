/** How often each pair of neighbouring pieces occurs in words, kept up to date while pairs merge. */

/** A word as ids of pieces, and how often it occurs. */
export interface CountedWord {
  ids: number[]
  readonly count: number
}

export interface Pair {
  first: number
  second: number
  count: number
}

/** Ids are below this, so that a pair is one exact number. */
const idLimit = 2 ** 26

export class PairCounts {
  readonly #words: CountedWord[]
  readonly #counts = new Map<number, number>()
  /** The words that each pair is, or once was, in. */
  readonly #places = new Map<number, Set<number>>()
  /** Pairs with the count they had when they were put there; put anew whenever it grows. */
  readonly #heap = new Heap()

  /** Takes the words over and changes their ids. */
  constructor(words: CountedWord[]) {
    this.#words = words
    const keys = new Set<number>()
    words.forEach((_, index) => this.#count(index, 1, keys))
    this.#raise(keys)
  }

  /** The most frequent pair, of equals that with the smaller ids; undefined if none is left. */
  mostFrequent(): Pair | undefined {
    for (let top = this.#heap.pop(); top; top = this.#heap.pop()) {
      const count = this.#counts.get(top.key) ?? 0
      if (count === top.count && count > 0) {
        return { first: Math.floor(top.key / idLimit), second: top.key % idLimit, count }
      }
      if (count > 0 && count < top.count) this.#heap.push({ key: top.key, count })
    }
    return undefined
  }

  /** Makes one piece of every occurrence of the pair. */
  merge({ first, second }: Pair, id: number): void {
    const key = first * idLimit + second
    const changed = new Set<number>()
    for (const index of this.#places.get(key) ?? []) {
      this.#count(index, -1, undefined)
      this.#words[index]!.ids = merged(this.#words[index]!.ids, [first, second], id)
      this.#count(index, 1, changed)
    }
    this.#places.delete(key)
    this.#counts.delete(key)
    this.#raise(changed)
  }

  /** Adds or takes off a word's pairs; notes in `keys` those that were added. */
  #count(index: number, sign: 1 | -1, keys: Set<number> | undefined): void {
    const { ids, count } = this.#words[index]!
    for (let at = 1; at < ids.length; at += 1) {
      const key = ids[at - 1]! * idLimit + ids[at]!
      this.#counts.set(key, (this.#counts.get(key) ?? 0) + sign * count)
      if (!keys) continue
      keys.add(key)
      const places = this.#places.get(key)
      if (places) places.add(index)
      else this.#places.set(key, new Set([index]))
    }
  }

  #raise(keys: Iterable<number>): void {
    for (const key of keys) this.#heap.push({ key, count: this.#counts.get(key)! })
  }
}

/** The ids with `id` in place of each pair, from the left. */
function merged(ids: readonly number[], [first, second]: [number, number], id: number): number[] {
  const result: number[] = []
  for (let at = 0; at < ids.length; at += 1) {
    const found = ids[at] === first && ids[at + 1] === second
    result.push(found ? id : ids[at]!)
    if (found) at += 1
  }
  return result
}

interface Entry {
  key: number
  count: number
}

/** A binary heap with the entry on top that comes before all others. */
class Heap {
  readonly #entries: Entry[] = []

  push(entry: Entry): void {
    const entries = this.#entries
    let at = entries.push(entry) - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!isBefore(entry, entries[parent]!)) break
      entries[at] = entries[parent]!
      at = parent
    }
    entries[at] = entry
  }

  pop(): Entry | undefined {
    const entries = this.#entries
    const top = entries[0]
    const last = entries.pop()
    if (!top || !last || entries.length === 0) return top
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= entries.length) break
      if (child + 1 < entries.length && isBefore(entries[child + 1]!, entries[child]!)) child += 1
      if (!isBefore(entries[child]!, last)) break
      entries[at] = entries[child]!
      at = child
    }
    entries[at] = last
    return top
  }
}

/** Whether an entry is more frequent, or as frequent and of smaller ids. */
function isBefore(a: Entry, b: Entry): boolean {
  return a.count > b.count || (a.count === b.count && a.key < b.key)
}
