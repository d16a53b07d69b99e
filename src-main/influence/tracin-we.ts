/**
 * TracIn-WE (paper, eq. 4): I(x, x') = Σ_c η_c Σ_{w ∈ x ∩ x'} ⟨g_w(x), g_w(x')⟩, over all positions.
 * Gradients of all positions are too many to keep, so they are extracted anew for every query.
 */
import { dot } from '../vectors.ts'
import type { Influence, InfluenceQuery } from './query.ts'
import { Contributions } from './query.ts'

export async function tracinWe(query: InfluenceQuery): Promise<Influence> {
  const count = query.training.classes.length
  const scores = new Float64Array(count)
  const everyText = Array.from({ length: count }, (_, index) => index)
  await visit(query, everyText, (text, _, share) => (scores[text]! += share))
  return {
    scores,
    async words(indices) {
      const contributions = new Contributions()
      await visit(query, indices, (text, word, share) => contributions.add(text, word, share))
      return new Map(indices.map((index) => [index, contributions.of(index)]))
    }
  }
}

/** Visits the inner terms of eq. 4 for the given texts. */
async function visit(
  { checkpoints }: InfluenceQuery,
  indices: readonly number[],
  add: (text: number, word: number, share: number) => void
): Promise<void> {
  for (const { learningRate, example: exampleAt, extract } of checkpoints) {
    const example = await exampleAt('all')
    const slotOf = new Map(example.words.map((word, slot) => [word, slot]))
    const size = example.vectors.length / Math.max(example.words.length, 1)
    for await (const batch of extract(indices, 'all')) {
      for (const { index, words, vectors } of batch) {
        words.forEach((word, n) => {
          const slot = slotOf.get(word)
          if (slot === undefined) return
          const at = { at: n * size, from: slot * size, size }
          add(index, word, learningRate * dot(vectors, example.vectors, at))
        })
      }
    }
  }
}
