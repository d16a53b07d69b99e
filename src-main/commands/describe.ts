/** How results read on a terminal. */
import type { ImportReport } from '../dataset/import-report.ts'
import type { Explanation, InfluentialRow } from '../pipeline/explain.ts'
import type { SavedFix } from '../pipeline/saved-fixes.ts'
import type { Mistake } from '../pipeline/mistakes.ts'
import { inSentence } from '../executors/devices.ts'
import type { BaseRecord } from '../training/base-record.ts'
import { decimal, inBytes, percent, signed } from '../report/numbers.ts'
import {
  accuracySentence,
  actionTitle,
  cautions,
  collateralSentence,
  fixSentence
} from '../report/sentences.ts'
import { oneLine } from './harmless.ts'

export function importLines(report: ImportReport): string[] {
  const rows = (split: 'train' | 'test') =>
    report.labels.reduce((sum, label) => sum + label[split], 0).toLocaleString('en-US')
  const labels = report.labels.map(
    ({ label, train, test }) => `${oneLine(label, 40)} ${train} + ${test}`
  )
  return [
    `${report.rows.toLocaleString('en-US')} rows: ${rows('train')} to train on, ${rows('test')} held out.`,
    `Labels (training + held out): ${labels.join(', ')}.`,
    ...report.warnings.map((warning) => `  ${warning}`)
  ]
}

export function trainLines({ epochs, checkpoints, doubts, ...rest }: BaseRecord): string[] {
  return [
    'epoch   loss  accuracy  held-out loss  held-out accuracy',
    ...epochs.map(
      (each) =>
        `${String(each.epoch).padStart(5)}  ${decimal(each.loss)}     ${decimal(each.accuracy)}` +
        `          ${decimal(each.heldOutLoss)}              ${decimal(each.heldOutAccuracy)}` +
        (checkpoints.includes(each.epoch) ? '  used for influence' : '')
    ),
    trainedLine(rest),
    ...doubts.map((doubt) => `Careful: ${doubt}`)
  ]
}

function trainedLine({
  seconds,
  devices,
  peakBytes
}: Pick<BaseRecord, 'seconds' | 'devices' | 'peakBytes'>): string {
  const memory = peakBytes === undefined ? '' : ` Peak memory ${inBytes(peakBytes)}.`
  const on = devices.map(inSentence).join(', then ')
  return `Trained in ${seconds.toFixed(1)} s on ${on}.${memory}`
}

export function mistakeLines(mistakes: readonly Mistake[]): string[] {
  if (mistakes.length === 0) return ['No mistake passes the filter.']
  return [
    'example  p(true)  true → predicted  text',
    ...mistakes.map(({ example, probability, trueLabel, predictedLabel, baseline, text }) => {
      const stable = baseline ? `  [right in ${baseline.fixed} of ${baseline.rounds} rounds]` : ''
      const labels = `${oneLine(trueLabel, 20)} → ${oneLine(predictedLabel, 20)}`
      return `${String(example).padStart(7)}  ${probability.toFixed(2)}     ${labels}  ${oneLine(text, 80)}${stable}`
    })
  ]
}

export function explanationLines(explanation: Explanation): string[] {
  const { checkpoints, doubts, opponents, proponents, method } = explanation
  const list = (rows: readonly InfluentialRow[]) =>
    rows.flatMap(({ row, influence, label, text, words }) => [
      `  ${signed(influence).padStart(9)}  row ${row}, ${oneLine(label, 20)}: ${oneLine(text, 90)}`,
      `             ${strongestWords(words)}`
    ])
  return [
    `Method ${method}, checkpoints of epochs ${checkpoints.map(({ epoch }) => epoch).join(', ')}.`,
    ...doubts.map((doubt) => `Careful: ${doubt}`),
    'Opponents (training rows that push towards the wrong label, and the words that do it):',
    ...list(opponents),
    'Proponents (training rows that push towards the true label):',
    ...list(proponents)
  ]
}

function strongestWords(words: InfluentialRow['words']): string {
  return words
    .toSorted((a, b) => Math.abs(b.influence) - Math.abs(a.influence))
    .slice(0, 5)
    .map(({ word, influence }) => `${oneLine(word, 30)} ${signed(influence)}`)
    .join(' · ')
}

export function fixLines({ id, report }: SavedFix): string[] {
  const labels = `true ${oneLine(report.trueLabel, 40)}, predicted ${oneLine(report.predictedLabel, 40)}`
  return [
    `${actionTitle(report)}, example ${report.example} (${labels})`,
    `  ${fixSentence(report)}`,
    `  ${accuracySentence(report)}`,
    `  ${collateralSentence(report)}`,
    ...cautions(report).map((caution) => `  Careful: ${caution}`),
    `  Kept as ${id}.`
  ]
}

export function curveLines(fixes: readonly SavedFix[]): string[] {
  const [first] = fixes
  return [
    '    k  fixed      95 % interval     accuracy  kept as',
    ...fixes.map(({ id, report: { k, edited } }) => {
      const [low, high] = edited.interval
      const share = `${edited.fixed} of ${edited.rounds}`.padEnd(9)
      const interval = `${percent(low)} to ${percent(high)}`.padEnd(16)
      return `${String(k).padStart(5)}  ${share}  ${interval}  ${decimal(edited.accuracy)}     ${id}`
    }),
    ...(first ? [baselineSentence(first)] : [])
  ]
}

function baselineSentence({ report: { baseline, stablyWrong } }: SavedFix): string {
  const without = `Without the edit: ${baseline.fixed} of ${baseline.rounds}, accuracy ${decimal(baseline.accuracy)}.`
  return stablyWrong ? without : `${without} The example is not stably wrong: a fix says little.`
}
