/** Training rows as the bench lists them: what each word did, and the texts with the words placed. */
import type { BenchRow, TextOfRow, WordsOfRow } from '../../src-preload/contract/bench.ts'
import { worstWord } from '../fix/suggest.ts'
import type { Influence } from '../influence/query.ts'
import type { TrainedWorkspace } from '../pipeline/workspace.ts'
import { wordsOf } from '../tokens/encode.ts'
import { isEditable } from '../tokens/vocabulary.ts'
import { groupNearDuplicates } from './near-duplicates.ts'

/** The rows of a ranking; the first `read` with their texts, which take the longest. */
export async function benchRows(
  workspace: TrainedWorkspace,
  influence: Influence,
  { indices, read }: { indices: readonly number[]; read: number }
): Promise<BenchRow[]> {
  const { dataset, training, vocabulary } = workspace
  const words = await influence.words(indices)
  // By the words as the model reads them, which are at hand; the whole texts' take a tenth of a second.
  const groups = groupNearDuplicates(
    indices.map((index) => wordsOf(training.texts, index).filter(isEditable))
  )
  return indices.map((index, n) => {
    const row = training.rows[index]!
    const own = words.get(index)!
    const worst = worstWord(own)
    const names = own.map(({ wordId }) => vocabulary.words[wordId]!)
    const reading = n < read ? textOf(workspace, { row, words: names }) : undefined
    return {
      row,
      text: reading?.text ?? null,
      label: dataset.labels[training.classes[index]!]!,
      influence: influence.scores[index]!,
      words: own.map(({ wordId, influence: share }, at) => ({
        word: names[at]!,
        influence: share,
        editable: isEditable(wordId),
        spans: reading?.spans[at] ?? []
      })),
      padWord: worst ? vocabulary.words[worst.wordId]! : null,
      group: groups[n]!
    }
  })
}

/** The text of a row, and where each of these words stands in it. */
export function textOf(
  { dataset, tokenizer }: TrainedWorkspace,
  { row, words }: WordsOfRow
): TextOfRow {
  const text = dataset.text(row).join('\n')
  const spans = new Map(words.map((word) => [word, [] as [number, number][]]))
  for (const { word, start, end } of tokenizer.wordsIn(text)) spans.get(word)?.push([start, end])
  return { text, spans: words.map((word) => spans.get(word)!) }
}
