/** What the methods on stored word gradients share: a sum over the words that two texts have in common. */
import type { GradientStore, Postings } from '../gradients/store.ts'
import { dot } from '../vectors.ts'
import type { Influence, InfluenceQuery } from './query.ts'
import { Contributions } from './query.ts'

/** Positions of a text that count, as in the paper. */
export const topPositions = 10

/** The terms of one word: texts and what the word contributes to each. */
interface Term {
  word: number
  texts: Int32Array
  shares: Float64Array
}

/**
 * Turns the example's gradient of a word, before it meets those of the training texts. `postings`
 * are all of the word's, of `count` texts in the training set.
 */
type Precondition = (
  gradient: Float32Array,
  postings: readonly Postings[],
  count: number
) => Float32Array

/**
 * I(x, x') = Σ_c η_c Σ_{w ∈ x ∩ x'} ⟨P_w g_w(x'), g_w(x)⟩ over the positions that the store holds; P_w
 * is `precondition`. A query reads only the words that the example has.
 */
export async function sumOverWords(
  { training, checkpoints }: InfluenceQuery,
  precondition: Precondition
): Promise<Influence> {
  const count = training.classes.length
  const scores = new Float64Array(count)
  const terms: Term[] = []
  for (const { learningRate, example, store } of checkpoints) {
    const { words, vectors } = await example(topPositions)
    const { size } = store
    words.forEach((word, slot) => {
      const postings = store.postingsOf(word)
      const gradient = vectors.subarray(slot * size, (slot + 1) * size)
      const given = { gradient: precondition(gradient, postings, count), learningRate }
      for (const term of termsOf(store, postings, given)) {
        term.texts.forEach((text, i) => (scores[text]! += term.shares[i]!))
        terms.push({ word, ...term })
      }
    })
  }
  return {
    scores,
    async words(indices) {
      const wanted = new Set(indices)
      const contributions = new Contributions()
      for (const { word, texts, shares } of terms) {
        texts.forEach((text, i) => {
          if (wanted.has(text)) contributions.add(text, word, shares[i]!)
        })
      }
      return new Map(indices.map((index) => [index, contributions.of(index)]))
    }
  }
}

/** η ⟨gradient, vector⟩ for every posting, block by block. */
function termsOf(
  { size }: GradientStore,
  postings: readonly Postings[],
  { gradient, learningRate }: { gradient: Float32Array; learningRate: number }
): Omit<Term, 'word'>[] {
  return postings.map(({ texts, vectors }) => {
    const shares = new Float64Array(texts.length)
    for (let i = 0; i < shares.length; i++) {
      shares[i] = learningRate * dot(vectors, gradient, { at: i * size, from: 0, size })
    }
    return { texts, shares }
  })
}
