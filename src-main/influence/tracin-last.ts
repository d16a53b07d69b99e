/**
 * TracIn on the weight of the last layer, the usual alternative: with features h and
 * δ = ∂ℓ/∂logits that gradient is h δᵀ, so I(x, x') = Σ_c η_c ⟨h, h'⟩ ⟨δ, δ'⟩ (bias left out, as in
 * the paper, section 3.2).
 *
 * It says nothing about words. To choose one all the same, a text's score is shared out by saliency:
 * each word gets the part ‖g_w(x)‖ / Σ ‖g_w(x)‖, the gradient with respect to the words that the
 * paper uses for its baseline (appendix L).
 */
import { dot } from '../vectors.ts'
import type { Influence, InfluenceQuery, WordInfluence } from './query.ts'
import { Contributions, mostNegativeFirst } from './query.ts'

export async function tracinLast({ training, checkpoints }: InfluenceQuery): Promise<Influence> {
  const count = training.classes.length
  const scores = new Float64Array(count)
  for (const { learningRate, features, logitGradients, example } of checkpoints) {
    const own = await example('all')
    const [width, classes] = [own.features.length, own.logitGradient.length]
    for (let i = 0; i < count; i++) {
      const alike = dot(features, own.features, { at: i * width, from: 0, size: width })
      const pull = dot(logitGradients, own.logitGradient, {
        at: i * classes,
        from: 0,
        size: classes
      })
      scores[i]! += learningRate * alike * pull
    }
  }
  return {
    scores,
    async words(indices) {
      const saliency = new Contributions()
      for (const { learningRate, extract } of checkpoints) {
        for await (const batch of extract(indices, 'all')) {
          for (const { index, words, vectors } of batch) {
            const size = vectors.length / Math.max(words.length, 1)
            words.forEach((word, n) => {
              const norm = Math.sqrt(dot(vectors, vectors, { at: n * size, from: n * size, size }))
              saliency.add(index, word, learningRate * norm)
            })
          }
        }
      }
      return new Map(indices.map((index) => [index, shareOut(scores[index]!, saliency.of(index))]))
    }
  }
}

function shareOut(score: number, saliency: readonly WordInfluence[]): WordInfluence[] {
  const total = saliency.reduce((sum, { influence }) => sum + influence, 0)
  return saliency
    .map(({ wordId, influence }) => ({
      wordId,
      influence: total > 0 ? (score * influence) / total : 0
    }))
    .sort(mostNegativeFirst)
}
