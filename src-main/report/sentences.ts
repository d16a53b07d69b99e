/** What a fix amounts to, in plain English: the same sentences on every screen and on paper. */
import { inSentence } from '../executors/devices.ts'
import type { ArmReport, FixReport } from '../retrain/fix-report.ts'
import { standardDeviation } from '../statistics.ts'
import { count, decimal, meanCount, pValueText, percent, percentRange, points } from './numbers.ts'

/** Below this a difference is called unlikely to be luck. */
const significant = 0.05

/** What the edit is, in words: `Remove 50 opponents`. */
export function actionTitle({ action, k }: Pick<FixReport, 'action' | 'k'>): string {
  switch (action) {
    case 'remove':
      return `Remove ${count(k, 'opponent')}`
    case 'pad':
      return `Pad the worst word of ${count(k, 'opponent')}`
    case 'mix':
      return `Remove or pad ${count(k, 'opponent')}`
  }
}

/** The result of a fix in three or four sentences: how often, against what, and whether it is luck. */
export function fixSentence(report: FixReport): string {
  const { edited, baseline, control } = report
  const without = `Without the edit: ${ofRounds(baseline)}`
  const random = control ? `; with random rows instead: ${ofRounds(control)}` : ''
  return [
    `Fixed in ${ofRounds(edited)} rounds ` +
      `(${percent(edited.probability)}, likely between ${percentRange(edited.interval)}).`,
    `${without}${random}.`,
    luckSentence(report)
  ].join(' ')
}

/** Whether the difference to the baseline may be luck. */
export function luckSentence({ uplift, seeds }: FixReport): string {
  const p = pValueText(uplift.pValue)
  if (uplift.difference === 0) return 'The edit makes no difference to how often it is fixed.'
  const worse = uplift.difference < 0
  if (uplift.pValue < significant) {
    return worse
      ? `The edit makes it worse, and that is unlikely to be luck (${p}).`
      : `This difference is unlikely to be luck (${p}).`
  }
  const may = worse
    ? `The edit does not help: it is fixed less often with it, which may be luck (${p}).`
    : `This difference may be luck (${p}).`
  return `${may} ${moreRounds(seeds.length)}`
}

/** The difference in percentage points with its interval. */
export function upliftSentence({ uplift }: FixReport): string {
  const [low, high] = uplift.interval
  return (
    `The edit changes the fix probability by ${points(uplift.difference)} percentage points, ` +
    `likely between ${points(low)} and ${points(high)}.`
  )
}

/** What the edit costs in accuracy, next to what the seeds alone do to it. */
export function accuracySentence({ baseline, edited }: FixReport): string {
  const change = edited.accuracy - baseline.accuracy
  const values = `${decimal(baseline.accuracy)} → ${decimal(edited.accuracy)}`
  if (baseline.rounds < 2) return `Accuracy ${values}.`
  const spread = standardDeviation(baseline.byRound.map(({ accuracy }) => accuracy))
  const within = Math.abs(change) <= spread ? 'within' : 'more than'
  return `Accuracy ${values} (${within} the spread of the seeds, ±${decimal(spread)}).`
}

/** What else the edit breaks and repairs, next to what retraining alone does. */
export function collateralSentence({ collateral }: FixReport): string {
  const { newlyWrong, newlyRight, baselineChurn } = collateral
  return (
    `Elsewhere, a round: ${meanCount(newlyWrong)} newly wrong, ${meanCount(newlyRight)} newly right. ` +
    `Two rounds without any edit differ in ${meanCount(baselineChurn)}.`
  )
}

/** Reasons to doubt the fix before claiming it; empty when there are none. */
export function cautions(report: FixReport): string[] {
  const { baseline, control, edited, stablyWrong, uplift } = report
  const found: string[] = []
  if (!stablyWrong) {
    found.push(
      `This example is not stably wrong: retraining alone fixes it in ${ofRounds(baseline)} rounds. ` +
        'A fix of it says little.'
    )
  }
  if (control && uplift.difference > 0 && control.fixed >= edited.fixed) {
    found.push(
      `Random rows do as well as the opponents (${ofRounds(control)} rounds): ` +
        'the rows that were chosen may not be what matters.'
    )
  }
  if (report.devices.length > 1) {
    found.push(
      `Its rounds were computed on ${report.devices.map(inSentence).join(' and ')}, which round differently: some of ` +
        'what the arms differ by may come from that. Tried again on one device, it compares like with like.'
    )
  }
  return found
}

function ofRounds({ fixed, rounds }: ArmReport): string {
  return `${fixed} of ${rounds}`
}

function moreRounds(rounds: number): string {
  // The smallest p-value that n pairs can give is 2 / 2^n: above 0.05 up to 5 pairs.
  return rounds < 6 ? 'Fewer than 6 rounds can never tell: run more.' : 'More rounds would tell.'
}
