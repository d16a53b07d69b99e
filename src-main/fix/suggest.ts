/** The edits that a ranking suggests. */
import { z } from 'zod'
import type { Influence } from '../influence/query.ts'
import { opponents } from '../influence/ranking.ts'
import type { Vocabulary } from '../tokens/vocabulary.ts'
import { isEditable } from '../tokens/vocabulary.ts'
import { editSchema } from './edits.ts'

export const actions = ['remove', 'pad'] as const
export type Action = (typeof actions)[number]

/** An edit and the reason for it. */
export const suggestionSchema = z.object({
  edit: editSchema,
  /** Influence of the row on the example; negative. */
  influence: z.number(),
  /** For [PAD]: what the word contributes to it. */
  wordInfluence: z.number().optional()
})

export type Suggestion = z.infer<typeof suggestionSchema>

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
      const worst = words.get(index)!.find(({ wordId }) => isEditable(wordId))
      if (!worst || worst.influence >= 0 || suggestions.length === k) continue
      const { wordId } = worst
      suggestions.push({
        edit: { kind: 'pad', row: rows[index]!, wordId, word: vocabulary.words[wordId]! },
        influence: scores[index]!,
        wordInfluence: worst.influence
      })
    }
  }
  return suggestions
}
