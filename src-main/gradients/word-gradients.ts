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
  const norms = new Float64Array(ids.length)
  for (const i of all) {
    let sum = 0
    for (let d = at + i * size, end = d + size; d < end; d++) sum += gradients[d]! * gradients[d]!
    norms[i] = sum
  }
  return all
    .sort((a, b) => norms[b]! - norms[a]! || a - b)
    .slice(0, positions)
    .sort((a, b) => a - b)
}

/** ⟨a, b⟩ of `size` numbers from the given offsets on, summed in float64. */
export function dot(
  a: Float32Array,
  b: Float32Array,
  { at, from, size }: { at: number; from: number; size: number }
): number {
  let sum = 0
  for (let d = 0; d < size; d++) sum += a[at + d]! * b[from + d]!
  return sum
}
