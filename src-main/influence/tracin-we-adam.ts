/**
 * TracIn-WE-Topk for a model that Adam has trained. TracIn asks how far a step on x moves the loss
 * of x'. After a step of SGD that is η ⟨g(x'), g(x)⟩; Adam divides each number of the step by the
 * root mean square of its gradients, √v, so it is η ⟨g(x') / √v, g(x)⟩ (as in LESS, Xia et al. 2024,
 * section 3). The two differ most on words: the gradients of a frequent word are large and
 * often there, so Adam moves it little for each of them, and a rare word far.
 *
 * v is not the optimizer's own but v_w = (1/n) Σ_x g_w(x)², number by number over the n training
 * texts at the checkpoint. The query reads just these gradients, and checkpoints need no state of an
 * optimizer. (Adam sees means of a batch, so its own is smaller, by about the same factor for all
 * words, which changes no ranking.)
 */
import type { Postings } from '../gradients/store.ts'
import type { Influence, InfluenceQuery } from './query.ts'
import { sumOverWords } from './word-terms.ts'

export function tracinWeAdam(query: InfluenceQuery): Promise<Influence> {
  return sumOverWords(query, (gradient, postings, count) => {
    const squares = sumOfSquares(postings, gradient.length)
    // Where no text has a gradient there is nothing to scale.
    return gradient.map((g, d) => (squares[d]! > 0 ? g / Math.sqrt(squares[d]! / count) : 0))
  })
}

/**
 * Σ g² of all postings, number by number. Four vectors a turn take half the time of one a turn, which
 * would read and write each sum for every vector.
 */
function sumOfSquares(postings: readonly Postings[], size: number): Float64Array {
  const sums = new Float64Array(size)
  for (const { vectors } of postings) {
    let at = 0
    for (; at + 4 * size <= vectors.length; at += 4 * size) {
      for (let d = 0; d < size; d++) {
        const a = vectors[at + d]!
        const b = vectors[at + size + d]!
        const c = vectors[at + 2 * size + d]!
        const e = vectors[at + 3 * size + d]!
        sums[d]! += a * a + b * b + (c * c + e * e)
      }
    }
    for (; at < vectors.length; at += size) {
      for (let d = 0; d < size; d++) sums[d]! += vectors[at + d]! * vectors[at + d]!
    }
  }
  return sums
}
