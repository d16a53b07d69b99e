/** The embedded tokens of a batch, as a model's graph gets them. */
import {
  constant,
  gather,
  input,
  matmul,
  mul,
  reduceSum,
  reshape,
  transposeLast
} from '../graph/build.ts'
import { gradients } from '../graph/gradients.ts'
import type { Value } from '../graph/ir.ts'
import type { BatchShape } from './model.ts'

/** What a graph is given of its words: `vectors` [words, embedding], or `mapped` [words, n]. */
export type GivenWords = 'vectors' | 'mapped'

/** A function of [n, embedding] that is affine in each row on its own. */
type RowMap = (vectors: Value) => Value

/**
 * Every word of the batch once, and which of them stands at each position. What a model does first
 * to an embedding, its `map`, is mostly a product; it is computed once a word, wherever that stands
 * in the batch: of the tokens of a batch a third to a half are distinct.
 *
 * Gradients come back the same way. What flows to a position, [map's outputs], is *lifted* to the
 * gradient by its embedding; as the map is affine, lifting is linear and the same everywhere, so
 * what flows to all positions of a word may be summed first and lifted once.
 *
 * Where many batches are run with the same weights, the map of the whole vocabulary may be given
 * instead of embeddings, so that each batch has only to look it up.
 */
export class EmbeddedTokens {
  /** [words, embedding] */
  readonly vectors: Value
  /** [rows · tokens] the row of `vectors` at each position. */
  readonly #slots: Value
  readonly #batch: BatchShape
  readonly #given: GivenWords
  /** [rows · tokens, n] what was looked up, and of what function of the embeddings. */
  #lookedUp: { value: Value; map: RowMap } | undefined

  constructor(batch: BatchShape, size: number, given: GivenWords = 'vectors') {
    this.#batch = batch
    this.#given = given
    this.vectors = input('vectors', [batch.words, size])
    this.#slots = input('slots', [batch.rows * batch.tokens])
  }

  /** [rows, tokens, n]: `map` of the embedding at every position. A model calls it once. */
  map(map: RowMap): Value {
    if (this.#lookedUp) throw new Error('The embedded tokens were mapped before.')
    const mapped = map(this.vectors)
    const table = this.#given === 'mapped' ? input('mapped', mapped.shape) : mapped
    this.#lookedUp = { value: gather(table, this.#slots), map }
    const { rows, tokens } = this.#batch
    return reshape(this.#known.value, [rows, tokens, this.flowSize])
  }

  /** [words, n]: `map` of every word's embedding. */
  get mapped(): Value {
    return this.#known.map(this.vectors)
  }

  /** Whether what a position looks up is the embedding itself. */
  get isPlain(): boolean {
    return this.#known.value.node.inputs[0] === this.vectors
  }

  /** [rows · tokens, n] what every position has looked up. */
  get lookedUp(): Value {
    return this.#known.value
  }

  /** n, the numbers that flow back to a position. */
  get flowSize(): number {
    return this.#known.value.shape[1]!
  }

  /** [rows · tokens, n]: the gradient of Σ seed·root by what was looked up at every position. */
  flow(root: Value, seed: Value): Value {
    return gradients(root, seed, [this.#known.value])[0]!
  }

  /** [m, n] → [m, embedding]: from what flows back to the gradient by the embedding. */
  lift(flow: Value): Value {
    const anywhere = input('anywhere', [flow.shape[0]!, this.vectors.shape[1]!])
    return gradients(this.#known.map(anywhere), flow, [anywhere])[0]!
  }

  /**
   * [m] the squared norm of each lifted row. With lift(f) = f·L it is f·(L·Lᵀ)·fᵀ, which takes less
   * than lifting where n is below the size of the embedding.
   */
  squaredNorms(flow: Value): Value {
    const n = this.flowSize
    if (n >= this.vectors.shape[1]!) {
      const lifted = this.lift(flow)
      return reduceSum(mul(lifted, lifted), [1])
    }
    const unit = Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 1 : 0))
    const L = this.lift(constant(unit, [n, n]))
    return reduceSum(mul(matmul(flow, matmul(L, transposeLast(L))), flow), [1])
  }

  get #known() {
    if (!this.#lookedUp) throw new Error('The model has not looked its embedded tokens up.')
    return this.#lookedUp
  }
}
