/** How results read on a terminal. */
import type { ImportReport } from '../dataset/import-report.ts'
import type { Explanation, InfluentialRow } from '../pipeline/explain.ts'
import type { SavedFix } from '../pipeline/fix.ts'
import type { Mistake } from '../pipeline/mistakes.ts'
import type { BaseRecord } from '../pipeline/workspace.ts'
import { decimal, percent, signed } from '../report/numbers.ts'
import {
  accuracySentence,
  actionTitle,
  cautions,
  collateralSentence,
  fixSentence
} from '../report/sentences.ts'

/** Control and bidirectional characters, which would let a text write over the terminal. */
const unsafe = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g

/** A text on one line of at most `width` characters, harmless to a terminal. */
export function oneLine(text: string, width = 100): string {
  const clean = text.replace(unsafe, ' ').replace(/\s+/g, ' ').trim()
  return clean.length <= width ? clean : `${clean.slice(0, width - 1)}…`
}

export function importLines(report: ImportReport): string[] {
  const rows = (split: 'train' | 'test') =>
    report.labels.reduce((sum, label) => sum + label[split], 0).toLocaleString('en-US')
  const labels = report.labels.map(({ label, train, test }) => `${label} ${train} + ${test}`)
  return [
    `${report.rows.toLocaleString('en-US')} rows: ${rows('train')} to train on, ${rows('test')} held out.`,
    `Labels (training + held out): ${labels.join(', ')}.`,
    ...report.warnings.map((warning) => `  ${warning}`)
  ]
}

export function trainLines({ epochs, checkpoints, doubts, seconds }: BaseRecord): string[] {
  return [
    'epoch   loss  accuracy  held-out loss  held-out accuracy',
    ...epochs.map(
      (each) =>
        `${String(each.epoch).padStart(5)}  ${decimal(each.loss)}     ${decimal(each.accuracy)}` +
        `          ${decimal(each.heldOutLoss)}              ${decimal(each.heldOutAccuracy)}` +
        (checkpoints.includes(each.epoch) ? '  used for influence' : '')
    ),
    `Trained in ${seconds.toFixed(1)} s.`,
    ...doubts.map((doubt) => `Careful: ${doubt}`)
  ]
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
  return [
    `${actionTitle(report)}, example ${report.example} (true ${report.trueLabel}, predicted ${report.predictedLabel})`,
    `  ${fixSentence(report)}`,
    `  ${accuracySentence(report)}`,
    `  ${collateralSentence(report)}`,
    ...cautions(report).map((caution) => `  Careful: ${caution}`),
    `  Kept as ${id}.`
  ]
}

export function curveLines(fixes: readonly SavedFix[]): string[] {
  return [
    '    k  fixed      95 % interval  accuracy',
    ...fixes.map(({ report: { k, edited } }) => {
      const [low, high] = edited.interval
      const share = `${edited.fixed} of ${edited.rounds}`
      return `${String(k).padStart(5)}  ${share.padEnd(9)}  ${percent(low)} to ${percent(high)}  ${decimal(edited.accuracy)}`
    })
  ]
}
