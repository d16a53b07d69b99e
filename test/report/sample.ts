/** Fix reports for the tests: made of outcomes by seed, with the statistics computed from them. */
import type { Edit } from '../../src-main/fix/edits.ts'
import type { ReportContext } from '../../src-main/report/report.ts'
import type { ArmReport, FixReport } from '../../src-main/retrain/fix-report.ts'
import { mcnemar, newcombePaired, wilson } from '../../src-main/statistics.ts'

/** An arm from the probability of the true label in each round (two labels: fixed above 0.5). */
export function armOf(probabilities: number[], accuracy = 0.912): ArmReport {
  const byRound = probabilities.map((trueProbability, seed) => ({
    seed,
    fixed: trueProbability > 0.5,
    trueProbability,
    accuracy: accuracy + 0.002 * ((seed % 3) - 1)
  }))
  const fixed = byRound.filter((round) => round.fixed).length
  const mean = (values: number[]): number => values.reduce((a, b) => a + b, 0) / values.length
  return {
    fixed,
    rounds: byRound.length,
    probability: fixed / byRound.length,
    interval: wilson(fixed, byRound.length),
    meanTrueProbability: mean(probabilities),
    accuracy: mean(byRound.map((round) => round.accuracy)),
    byRound
  }
}

/** A report of the arms given, with everything else made up. */
export function reportOf(
  arms: { baseline: ArmReport; edited: ArmReport; control?: ArmReport | null },
  changes: Partial<FixReport> = {}
): FixReport {
  const { baseline, edited, control = null } = arms
  const pairs = { both: 0, onlyEdited: 0, onlyBaseline: 0, neither: 0 }
  edited.byRound.forEach(({ fixed }, i) => {
    const without = baseline.byRound[i]!.fixed
    if (fixed) pairs[without ? 'both' : 'onlyEdited']++
    else pairs[without ? 'onlyBaseline' : 'neither']++
  })
  return {
    example: 4182,
    text: 'not only a brilliant gimmick but a moving film',
    trueLabel: 'positive',
    predictedLabel: 'negative',
    method: 'tracin-we-topk',
    action: 'remove',
    k: 50,
    seeds: baseline.byRound.map(({ seed }) => seed),
    stablyWrong: baseline.probability < 0.5,
    baseline,
    control,
    edited,
    uplift: {
      difference: edited.probability - baseline.probability,
      interval: newcombePaired(pairs),
      pValue: mcnemar(pairs.onlyBaseline, pairs.onlyEdited)
    },
    collateral: { newlyWrong: 4.2, newlyRight: 6, baselineChurn: 9.3, examples: [] },
    edits: [{ kind: 'remove', row: 17 }],
    seconds: 70,
    devices: ['cpu'],
    ...changes
  }
}

export const baseline = armOf([0.31, 0.42, 0.55, 0.28, 0.61, 0.38, 0.44, 0.52, 0.35, 0.47])
export const edited = armOf([0.72, 0.66, 0.81, 0.45, 0.77, 0.69, 0.74, 0.8, 0.58, 0.71], 0.911)
export const control = armOf([0.35, 0.4, 0.58, 0.3, 0.57, 0.41, 0.39, 0.54, 0.33, 0.43])

/** Fixed in 9 of 10 rounds against 3 of 10. */
export const clearFix = reportOf({ baseline, edited, control })

export const context: ReportContext = {
  projectName: 'film reviews',
  appVersion: '0.1.0',
  createdAt: '2026-11-22T20:00:00.000Z',
  data: {
    file: '/data/reviews.csv',
    fingerprint: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    trainRows: 8530,
    testRows: 2132,
    labels: ['negative', 'positive']
  },
  model: 'TextCNN',
  training: { epochs: 3, batchSize: 32, optimizer: 'sgd', sizes: { embedding: 128 } },
  baseAccuracy: 0.9123,
  opponents: new Map([
    [
      4182,
      [
        {
          row: 17,
          text: 'a gimmick, and not a good one: the film is all Gimmick and no heart',
          label: 'negative',
          influence: -7.61,
          words: [
            { word: 'gimmick', influence: -6.9 },
            { word: 'not', influence: -0.9 },
            { word: 'film', influence: 0.19 }
          ]
        },
        {
          row: 2304,
          text: 'so gimmicky that only the brilliant score keeps you awake',
          label: 'negative',
          influence: -5.2,
          words: [
            { word: 'gimmick', influence: -4.1 },
            { word: '##y', influence: -1.9 },
            { word: 'brilliant', influence: 0.8 },
            { word: 'only', influence: -0.0004 }
          ]
        }
      ]
    ]
  ])
}

/** Some edits of every kind for the rows of `context`. */
export const mixedEdits: Edit[] = [
  { kind: 'remove', row: 17 },
  { kind: 'pad', row: 17, wordId: 5, word: 'gimmick' },
  { kind: 'pad', row: 2304, wordId: 9, word: '##y' },
  { kind: 'relabel', row: 2304, class: 1 },
  { kind: 'weight', row: 2304, weight: 0.5 },
  { kind: 'remove', row: 99 }
]
