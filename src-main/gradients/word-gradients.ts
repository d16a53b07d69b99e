/**
 * The gradient of a text's loss by word: g_w(x) = Σ over the positions of w of ∂ℓ/∂e (paper, eq. 4).
 * [PAD] has none. With `positions` only that many positions with the largest gradient norm count
 * (eq. 5); of equal norms the earlier. Where a model marks the ends of texts, these count besides.
 */

/** How many positions of a text count; 10 in the paper. */
export type Positions = number | 'all'

export interface WordGradients {
  /** Distinct word ids, in the order of their first counted position. */
  readonly words: readonly number[]
  /** [words, size] */
  readonly vectors: Float32Array
}

/** What flows back to the positions of a batch. */
export interface Flow {
  /** The token that has no gradient. */
  readonly padId: number
  /** Whether the first and the last token count however small their norms. */
  readonly marksEnds: boolean
  /** [positions, size] */
  readonly flow: Float32Array
  readonly size: number
  /** [positions] ‖∂ℓ/∂e‖², which decides which positions count. */
  readonly squaredNorms: Float32Array
}

/**
 * Sums what flows back to one text, whose positions start at `at`, by word. The sums go to `into`,
 * one after the other from slot `slot` on; the distinct words come back, in the order of their first
 * counted position.
 */
export function sumByWord(
  ids: ArrayLike<number>,
  { flow, size, ...rule }: Flow,
  { at, positions }: { at: number; positions: Positions },
  { into, slot }: { into: Float32Array; slot: number }
): number[] {
  const slots = new Map<number, number>()
  for (const i of positionsOf(ids, rule, at, positions)) {
    const from = (at + i) * size
    const known = slots.get(ids[i]!)
    if (known === undefined) {
      into.set(flow.subarray(from, from + size), (slot + slots.size) * size)
      slots.set(ids[i]!, slot + slots.size)
    } else {
      for (let d = 0; d < size; d++) into[known * size + d]! += flow[from + d]!
    }
  }
  return [...slots.keys()]
}

/** The rule by which positions of a text count, in a word. */
export function ruleOf(positions: number, marksEnds: boolean): string {
  return `${positions}${marksEnds ? ' and the ends' : ''}`
}

/** Of how many positions of a text gradients are kept at most. */
export function mostPositions(positions: number, marksEnds: boolean): number {
  return positions + (marksEnds ? 2 : 0)
}

/** The positions that count, ascending. */
function positionsOf(
  ids: ArrayLike<number>,
  { padId, marksEnds, squaredNorms }: Omit<Flow, 'flow' | 'size'>,
  at: number,
  positions: Positions
): number[] {
  const all: number[] = []
  for (let i = 0; i < ids.length; i++) if (ids[i] !== padId) all.push(i)
  if (positions === 'all' || all.length <= mostPositions(positions, marksEnds)) return all
  const ends = marksEnds ? [all.shift()!, all.pop()!] : []
  const norms = all.map((i) => squaredNorms[at + i]!)
  const largest = largestOf(norms, positions).map((n) => all[n]!)
  return [...ends.slice(0, 1), ...largest, ...ends.slice(1)]
}

/**
 * Indices of the `count` largest numbers, ascending; of equals the first. It inserts each into the
 * few largest so far, which takes a fifth of the time of sorting all.
 */
function largestOf(numbers: readonly number[], count: number): number[] {
  const best: number[] = []
  for (let i = 0; i < numbers.length; i++) {
    if (best.length === count && numbers[best.at(-1)!]! >= numbers[i]!) continue
    if (best.length === count) best.pop()
    let place = best.length
    while (place > 0 && numbers[best[place - 1]!]! < numbers[i]!) place--
    best.splice(place, 0, i)
  }
  return best.sort((a, b) => a - b)
}
