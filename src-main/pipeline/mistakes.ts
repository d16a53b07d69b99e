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

/** All mistakes that pass the filter, the nearest to being right first. */
export async function listMistakes(
  workspace: TrainedWorkspace,
  { band, label }: MistakeFilter = {}
): Promise<Mistake[]> {
  const { dataset, heldOut, probabilities } = workspace
  const { labels } = dataset
  if (label !== undefined && !labels.includes(label)) {
    throw new ErratumError(
      'bad-argument',
      `There is no label "${label}" in this project. Its labels are ${labels.join(', ')}.`
    )
  }
  const { predicted, trueProbability } = evaluate(probabilities, heldOut.classes, labels.length)
  const rounds = await knownBaseline(workspace)
  const found: Mistake[] = []
  heldOut.rows.forEach((row, index) => {
    const trueClass = heldOut.classes[index]!
    const probability = trueProbability[index]!
    if (predicted[index] === trueClass) return
    if (label !== undefined && labels[trueClass] !== label) return
    if (band && !(probability >= band[0] && probability <= band[1])) return
    const fixed = rounds.filter((round) => round.predicted[index] === trueClass).length
    const stablyWrong = isStablyWrong({ probability: fixed / rounds.length })
    found.push({
      example: row,
      text: dataset.text(row).join('\n'),
      trueLabel: labels[trueClass]!,
      predictedLabel: labels[predicted[index]!]!,
      probability,
      baseline: rounds.length > 0 ? { fixed, rounds: rounds.length, stablyWrong } : null
    })
  })
  return found.sort((a, b) => b.probability - a.probability || a.example - b.example)
}
