/** Edits that have nothing to do with an example: what a fix must beat. */
import { keyedShuffle } from '../random.ts'
import type { EncodedTexts } from '../tokens/encode.ts'
import { wordsOf } from '../tokens/encode.ts'
import type { Vocabulary } from '../tokens/vocabulary.ts'
import { isEditable } from '../tokens/vocabulary.ts'
import type { Edit } from './edits.ts'
import type { Action } from './actions.ts'

/** Keep the draws apart from the order of training, which uses the epoch here, and from each other. */
const salts: Readonly<Record<Action, number>> = { remove: 0x636f6e74, pad: 0x636f6e75 }

export interface RandomEditsOptions {
  action: Action
  /** Rows to edit; fewer are where there are fewer (with an editable word). */
  k: number
  seed: number
  training: { texts: EncodedTexts; rows: Int32Array }
  vocabulary: Vocabulary
}

/** Random rows to remove, or in each a random word to replace by [PAD]; a smaller k takes the first. */
export function randomEdits({ action, k, seed, training, vocabulary }: RandomEditsOptions): Edit[] {
  const indexOf = new Map(Array.from(training.rows, (row, index) => [row, index]))
  const edits: Edit[] = []
  for (const row of keyedShuffle(training.rows, seed, salts[action])) {
    if (edits.length === k) break
    if (action === 'remove') edits.push({ kind: 'remove', row })
    else {
      const words = new Set(wordsOf(training.texts, indexOf.get(row)!))
      const [wordId] = keyedShuffle([...words].filter(isEditable), seed, row)
      if (wordId === undefined) continue
      edits.push({ kind: 'pad', row, wordId, word: vocabulary.words[wordId]! })
    }
  }
  return edits
}
