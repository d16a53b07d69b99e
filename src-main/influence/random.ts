/** The control: texts in a random order, and in each the words too. It says nothing about anything. */
import { hash32 } from '../random.ts'
import { textAt } from '../tokens/encode.ts'
import type { Influence, InfluenceQuery } from './query.ts'
import { mostNegativeFirst } from './query.ts'

export async function randomInfluence({ training, seed }: InfluenceQuery): Promise<Influence> {
  const lot = (...of: number[]) => hash32(seed, ...of) / 2 ** 31 - 1
  const scores = Float64Array.from({ length: training.classes.length }, (_, index) => lot(index))
  return {
    scores,
    async words(indices) {
      const shares = (index: number) => {
        const { ids } = textAt(training.texts, index)
        const words = [...new Set(ids)].filter((id) => id !== training.texts.padId)
        const lots = words.map((wordId) => ({ wordId, lot: 1 + lot(index, wordId) }))
        const total = lots.reduce((sum, drawn) => sum + drawn.lot, 0)
        return lots
          .map((drawn) => ({
            wordId: drawn.wordId,
            influence: (scores[index]! * drawn.lot) / total
          }))
          .sort(mostNegativeFirst)
      }
      return new Map(indices.map((index) => [index, shares(index)]))
    }
  }
}
