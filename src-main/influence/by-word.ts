/**
 * From tokens to words. A method tells what every token of a text contributes to its influence; where
 * tokens are pieces of words, a word's contribution is that of its pieces, added up. A piece that
 * stands in several words of a text is shared out evenly over its places, so that the contributions
 * of the words still add up to the text's score.
 */
import type { EncodedText, EncodedTexts } from '../tokens/encode.ts'
import { textAt } from '../tokens/encode.ts'
import type { Influence, WordInfluence } from './query.ts'
import { Contributions } from './query.ts'

/** The same influence, with the contributions of words of the vocabulary. */
export function byWord(influence: Influence, texts: EncodedTexts): Influence {
  if (texts.words === texts.ids) return influence
  return {
    scores: influence.scores,
    async words(indices) {
      const ofTokens = await influence.words(indices)
      return new Map(
        indices.map((index) => [index, addUp(textAt(texts, index), ofTokens.get(index)!)])
      )
    }
  }
}

function addUp({ ids, words }: EncodedText, ofTokens: readonly WordInfluence[]): WordInfluence[] {
  const places = new Map<number, number>()
  for (const id of ids) places.set(id, (places.get(id) ?? 0) + 1)
  const shares = new Map(
    ofTokens.map(({ wordId: token, influence }) => [token, influence / places.get(token)!])
  )
  const contributions = new Contributions()
  ids.forEach((id, i) => {
    const share = shares.get(id)
    if (share !== undefined) contributions.add(0, words[i]!, share)
  })
  return contributions.of(0)
}
