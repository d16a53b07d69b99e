/**
 * TracIn-WE-Topk (paper, eq. 5–6): TracIn-WE over the 10 positions of each text with the largest
 * gradient norm. Those fit on disk, ordered by word, so a query reads only what the example shares.
 */
import { dot } from '../gradients/word-gradients.ts'
import type { Influence, InfluenceQuery } from './query.ts'
import { Contributions } from './query.ts'

/** Positions that count in each text, as in the paper. */
export const topPositions = 10

/** The terms of one word: texts and what the word contributes to each. */
interface Term {
  word: number
  texts: Int32Array
  shares: Float64Array
}

export async function tracinWeTopk({ training, checkpoints }: InfluenceQuery): Promise<Influence> {
  const scores = new Float64Array(training.classes.length)
  const terms: Term[] = []
  for (const { learningRate, example, store } of checkpoints) {
    const { words, vectors } = await example(topPositions)
    words.forEach((word, slot) => {
      for (const postings of store.postingsOf(word)) {
        const { size } = store
        const shares = new Float64Array(postings.texts.length)
        for (let i = 0; i < shares.length; i++) {
          const at = { at: i * size, from: slot * size, size }
          const share = learningRate * dot(postings.vectors, vectors, at)
          shares[i] = share
          scores[postings.texts[i]!]! += share
        }
        terms.push({ word, texts: postings.texts, shares })
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
