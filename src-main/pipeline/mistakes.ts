/** The held-out rows that the base model gets wrong. */
import { evaluate } from '../training/evaluate.ts'
import { ErratumError } from '../errors.ts'
import { isStablyWrong } from '../retrain/summarise.ts'
import { knownBaseline } from './rounds.ts'
import type { TrainedWorkspace } from './workspace.ts'

export interface Mistake {
  /** Row id. */
  example: number
  text: string
  trueLabel: string
  predictedLabel: string
  /** Of the true label. */
  probability: number
  /** Rounds without an edit in which it was right; null while there are none. */
  baseline: { fixed: number; rounds: number; stablyWrong: boolean } | null
}

export interface MistakeFilter {
  /** Probabilities of the true label, both ends included. */
  band?: readonly [number, number] | undefined
  /** True label. */
  label?: string | undefined
}

/** A mistake by its numbers. */
export interface MistakeNumbers {
  /** Row id. */
  example: number
  trueClass: number
  predictedClass: number
  /** Of the true label. */
  probability: number
  /** Rounds without an edit in which it was right. */
  fixed: number
}

/** All mistakes, the nearest to being right first, without reading any text; and the rounds known. */
export async function findMistakes(
  workspace: TrainedWorkspace
): Promise<{ mistakes: MistakeNumbers[]; rounds: number }> {
  const { dataset, heldOut, probabilities } = workspace
  const { classes } = heldOut
  const { predicted, trueProbability } = evaluate(probabilities, classes, dataset.labels.length)
  const rounds = await knownBaseline(workspace)
  const mistakes: MistakeNumbers[] = []
  heldOut.rows.forEach((example, index) => {
    const trueClass = classes[index]!
    const predictedClass = predicted[index]!
    if (predictedClass === trueClass) return
    const fixed = rounds.filter((round) => round.predicted[index] === trueClass).length
    const probability = trueProbability[index]!
    mistakes.push({ example, trueClass, predictedClass, probability, fixed })
  })
  mistakes.sort((a, b) => b.probability - a.probability || a.example - b.example)
  return { mistakes, rounds: rounds.length }
}

/** All mistakes that pass the filter, the nearest to being right first. */
export async function listMistakes(
  workspace: TrainedWorkspace,
  { band, label }: MistakeFilter = {}
): Promise<Mistake[]> {
  const { dataset } = workspace
  const { labels } = dataset
  if (label !== undefined && !labels.includes(label)) {
    throw new ErratumError(
      'bad-argument',
      `There is no label "${label}" in this project. Its labels are ${labels.join(', ')}.`
    )
  }
  const { mistakes, rounds } = await findMistakes(workspace)
  const passes = ({ trueClass, probability }: MistakeNumbers) =>
    (label === undefined || labels[trueClass] === label) &&
    (!band || (probability >= band[0] && probability <= band[1]))
  return mistakes
    .filter(passes)
    .map(({ example, trueClass, predictedClass, probability, fixed }) => {
      const stablyWrong = isStablyWrong({ probability: fixed / rounds })
      return {
        example,
        text: dataset.text(example).join('\n'),
        trueLabel: labels[trueClass]!,
        predictedLabel: labels[predictedClass]!,
        probability,
        baseline: rounds > 0 ? { fixed, rounds, stablyWrong } : null
      }
    })
}
