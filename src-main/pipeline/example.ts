/** Examples: held-out rows, and those that are mistakes. */
import { ErratumError } from '../errors.ts'
import { evaluate } from '../training/evaluate.ts'
import type { TrainedWorkspace } from './workspace.ts'

/** A held-out row and what the base model makes of it. */
export interface Example {
  /** Row id. */
  row: number
  /** Its index in the held-out split. */
  index: number
  text: string
  trueLabel: string
  predictedLabel: string
  /** Of the true label. */
  probability: number
}

/** Finds a held-out row; throws `bad-argument` for any other. */
export function exampleOf(workspace: TrainedWorkspace, row: number): Example {
  const { dataset, heldOut, probabilities } = workspace
  const index = heldOut.rows.indexOf(row)
  if (index < 0) {
    const why =
      row < dataset.rowCount
        ? 'is not held out, and only held-out rows can be repaired'
        : `does not exist: the last row is ${dataset.rowCount - 1}`
    throw new ErratumError(
      'bad-argument',
      `Row ${row} ${why}. Take an example that erratum mistakes lists.`
    )
  }
  const { predicted, trueProbability } = evaluate(
    probabilities,
    heldOut.classes,
    dataset.labels.length
  )
  return {
    row,
    index,
    text: dataset.text(row).join('\n'),
    trueLabel: dataset.labels[heldOut.classes[index]!]!,
    predictedLabel: dataset.labels[predicted[index]!]!,
    probability: trueProbability[index]!
  }
}

/** An example that the base model gets wrong; throws `bad-argument` for one that it gets right. */
export function mistakeOf(workspace: TrainedWorkspace, row: number): Example {
  const example = exampleOf(workspace, row)
  if (example.predictedLabel !== example.trueLabel) return example
  throw new ErratumError(
    'bad-argument',
    `Row ${row} is not wrong: it is predicted as ${example.trueLabel} ` +
      `(${(100 * example.probability).toFixed(0)} %), its true label. There is nothing to fix; take ` +
      'an example that erratum mistakes lists.'
  )
}
