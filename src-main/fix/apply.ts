/** Edits turn a training set into another one. */
import { ErratumError } from '../errors.ts'
import { padId } from '../tokens/vocabulary.ts'
import type { TrainingSet } from '../training/trainer.ts'
import type { Edit } from './edits.ts'

/**
 * The training set with the edits done; the given one stays as it is. A removed row stays in place
 * with weight 0, so that the others are trained on in the same order and batches.
 */
export function applyEdits(data: TrainingSet, edits: readonly Edit[]): TrainingSet {
  const indexOf = new Map(Array.from(data.rows, (row, index) => [row, index]))
  const { offsets, padId: padToken } = data.texts
  const ids = data.texts.ids.slice()
  const words = data.texts.words === data.texts.ids ? ids : data.texts.words.slice()
  const weights = data.weights.slice()
  const classes = data.classes.slice()
  for (const edit of edits) {
    const index = indexOf.get(edit.row)
    if (index === undefined) {
      throw new ErratumError('bad-argument', `Row ${edit.row} is no training row: no edit of it.`)
    }
    switch (edit.kind) {
      case 'remove':
        weights[index] = 0
        break
      case 'pad':
        for (let i = offsets[index]!; i < offsets[index + 1]!; i++) {
          if (words[i] !== edit.wordId) continue
          words[i] = padId
          ids[i] = padToken
        }
        break
      case 'relabel':
        if (!data.classes.includes(edit.class)) {
          throw new ErratumError(
            'bad-argument',
            `Row ${edit.row} cannot be given the class ${edit.class}: no training row has it.`
          )
        }
        classes[index] = edit.class
        break
      case 'weight':
        if (!(edit.weight >= 0 && Number.isFinite(edit.weight))) {
          throw new ErratumError(
            'bad-argument',
            `Row ${edit.row} cannot be given the weight ${edit.weight}: it must be 0 or more.`
          )
        }
        weights[index]! *= edit.weight
        break
    }
  }
  return { ...data, texts: { ...data.texts, ids, words }, weights, classes }
}
