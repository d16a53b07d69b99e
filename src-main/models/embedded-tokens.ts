/** The embedded tokens of a batch, as a model's graph gets them. */
import { gather, reshape } from '../graph/build.ts'
import type { Value } from '../graph/ir.ts'

export interface EmbeddedTokens {
  readonly rows: number
  readonly tokens: number
  /** [words, embedding]: every word of the batch once, or [rows · tokens, embedding] without `slots`. */
  readonly vectors: Value
  /** [rows · tokens] place in `vectors` of the word at each position. */
  readonly slots?: Value | undefined
}

/**
 * [rows, tokens, n]: `map` of the embedding at every position, where `map` takes
 * [words, embedding] to [words, n], each word on its own. It is computed once for a word, wherever
 * that stands in the batch: of the tokens of a batch a third to a half are distinct.
 */
export function atPositions(
  { rows, tokens, vectors, slots }: EmbeddedTokens,
  map: (vectors: Value) => Value = (same) => same
): Value {
  const mapped = map(vectors)
  return reshape(slots ? gather(mapped, slots) : mapped, [rows, tokens, mapped.shape[1]!])
}
