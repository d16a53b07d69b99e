/** The edits that a ranking suggests. */
import { ErratumError } from '../errors.ts'
import type { Influence, WordInfluence } from '../influence/query.ts'
import { opponents } from '../influence/ranking.ts'
import type { Vocabulary } from '../tokens/vocabulary.ts'
import { isEditable } from '../tokens/vocabulary.ts'
import type { Action, Choice } from './actions.ts'
import type { Suggestion } from './suggestion.ts'

export interface SuggestOptions {
  action: Action
  /** Rows to edit; fewer are edited where there are fewer opponents (with an editable word). */
  k: number
  /** Row ids by index of the training text. */
  rows: Int32Array
  vocabulary: Vocabulary
}

/**
 * Remove the k strongest opponents, or in each of them replace the editable word with the most
 * negative contribution by [PAD]. An opponent without such a word is passed over.
 */
export async function suggestEdits(
  influence: Influence,
  { action, k, rows, vocabulary }: SuggestOptions
): Promise<Suggestion[]> {
  const { scores } = influence
  if (action === 'remove') {
    return opponents(scores, k).map((index) => ({
      edit: { kind: 'remove', row: rows[index]! },
      influence: scores[index]!
    }))
  }
  const suggestions: Suggestion[] = []
  const candidates = opponents(scores, scores.length)
  for (let start = 0; suggestions.length < k && start < candidates.length; start += k) {
    const some = candidates.slice(start, start + k)
    const words = await influence.words(some)
    for (const index of some) {
      if (suggestions.length === k) break
      const worst = worstWord(words.get(index)!)
      if (worst) suggestions.push(padding({ index, worst, influence, rows, vocabulary }))
    }
  }
  return suggestions
}

/**
 * The edits of rows that the user has chosen, in their order. Throws `bad-argument` for a row that is
 * not trained on, or that is to be padded and has no word that pushes against the example.
 */
export async function suggestChosen(
  influence: Influence,
  choices: readonly Choice[],
  { rows, vocabulary }: Pick<SuggestOptions, 'rows' | 'vocabulary'>
): Promise<Suggestion[]> {
  const indexOf = new Map(Array.from(rows, (row, index) => [row, index]))
  const indices = choices.map(({ row }) => {
    const index = indexOf.get(row)
    if (index !== undefined) return index
    throw new ErratumError('bad-argument', `Row ${row} is not trained on. Choose training rows.`)
  })
  const padded = indices.filter((_, n) => choices[n]!.action === 'pad')
  const words = padded.length > 0 ? await influence.words(padded) : new Map<number, never>()
  return choices.map(({ row, action }, n) => {
    const index = indices[n]!
    if (action === 'remove') {
      return { edit: { kind: 'remove', row }, influence: influence.scores[index]! }
    }
    const worst = worstWord(words.get(index)!)
    if (worst) return padding({ index, worst, influence, rows, vocabulary })
    throw new ErratumError(
      'bad-argument',
      `Row ${row} has no word that pushes against the example, so none can be replaced by [PAD]. ` +
        'Remove the row instead, or leave it as it is.'
    )
  })
}

/** Of words in the order of their influence, the editable one that [PAD] takes, if it is negative. */
export function worstWord<Word extends WordInfluence>(words: readonly Word[]): Word | undefined {
  const worst = words.find(({ wordId }) => isEditable(wordId))
  return worst && worst.influence < 0 ? worst : undefined
}

interface Padding extends Pick<SuggestOptions, 'rows' | 'vocabulary'> {
  index: number
  worst: WordInfluence
  influence: Influence
}

function padding({ index, worst, influence, rows, vocabulary }: Padding): Suggestion {
  const { wordId } = worst
  return {
    edit: { kind: 'pad', row: rows[index]!, wordId, word: vocabulary.words[wordId]! },
    influence: influence.scores[index]!,
    wordInfluence: worst.influence
  }
}
