/** The embedded tokens of a batch, as a model's graph gets them. */
import { add, gather, input, reshape } from '../graph/build.ts'
import { gradients } from '../graph/gradients.ts'
import type { Value } from '../graph/ir.ts'
import type { BatchShape } from './model.ts'

/** A function of [n, embedding] that is affine in each row on its own. */
type RowMap = (vectors: Value) => Value

/**
 * Every word of the batch once, and which of them stands at each position. What a model does first
 * to an embedding is mostly a product; it is computed once a word, wherever that stands in the
 * batch: of the tokens of a batch a third to a half are distinct.
 */
export class EmbeddedTokens {
  /** [words, embedding] */
  readonly vectors: Value
  /** [rows · tokens] the row of `vectors` at each position. */
  readonly #slots: Value
  readonly #batch: BatchShape
  /** What was looked up: [rows · tokens, n], and of what function of the embeddings. */
  readonly #lookedUp: { value: Value; map: RowMap }[] = []

  constructor(batch: BatchShape, size: number) {
    this.#batch = batch
    this.vectors = input('vectors', [batch.words, size])
    this.#slots = input('slots', [batch.rows * batch.tokens])
  }

  /** [rows, tokens, n]: `map` of the embedding at every position. */
  map(map: RowMap = (same) => same): Value {
    const value = gather(map(this.vectors), this.#slots)
    this.#lookedUp.push({ value, map })
    const { rows, tokens } = this.#batch
    return reshape(value, [rows, tokens, value.shape[1]!])
  }

  /**
   * [rows · tokens, embedding]: the gradient of Σ seed·root by the embedding at every position, not
   * summed over the positions of a word. It passes through each map as that is affine, so that its
   * gradient is the same wherever it is taken.
   */
  gradientByPosition(root: Value, seed: Value): Value {
    const { rows, tokens } = this.#batch
    const flowing = gradients(
      root,
      seed,
      this.#lookedUp.map(({ value }) => value)
    )
    return this.#lookedUp
      .map(({ map }, i) => {
        const anywhere = input('anywhere', [rows * tokens, this.vectors.shape[1]!])
        return gradients(map(anywhere), flowing[i]!, [anywhere])[0]!
      })
      .reduce(add)
  }
}
