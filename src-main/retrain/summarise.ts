/** What the rounds of a fix amount to. */
import { mcnemar, mean, newcombePaired, wilson } from '../statistics.ts'
import type { ArmReport, CollateralExample, FixReport, Uplift } from './fix-report.ts'
import type { RoundResult } from './round.ts'

/** The held-out split as the summary needs it; arrays go by held-out index. */
export interface HeldOut {
  readonly classes: ArrayLike<number>
  /** Row id of each. */
  readonly rows: ArrayLike<number>
  labelOf(index: number): string
  textOf(index: number): string
}

/** A baseline wrong in more than half of its rounds is stably wrong. */
const stableShare = 0.5
/** Collateral lists a row whose share of right rounds changes by at least this much. */
const notableChange = 0.5
const mostCollateral = 50

/** One arm: how often and how surely the example is fixed, and what it costs. */
export function armReport(rounds: readonly RoundResult[], index: number, held: HeldOut): ArmReport {
  const byRound = rounds.map((round) => roundOf(round, index, held))
  const fixed = byRound.filter((round) => round.fixed).length
  return {
    fixed,
    rounds: rounds.length,
    probability: fixed / rounds.length,
    interval: wilson(fixed, rounds.length),
    meanTrueProbability: mean(byRound.map(({ trueProbability }) => trueProbability)),
    accuracy: mean(byRound.map(({ accuracy }) => accuracy)),
    byRound
  }
}

/** What one round makes of the example of this held-out index. */
export function roundOf(
  { seed, predicted, trueProbability, accuracy }: RoundResult,
  index: number,
  held: HeldOut
): ArmReport['byRound'][number] {
  return {
    seed,
    fixed: predicted[index] === held.classes[index],
    trueProbability: trueProbability[index]!,
    accuracy
  }
}

/** Whether a baseline calls its example stably wrong. */
export function isStablyWrong({ probability }: Pick<ArmReport, 'probability'>): boolean {
  return probability < stableShare
}

/** The paired difference between two arms over the same seeds. */
export function upliftOf(baseline: ArmReport, edited: ArmReport): Uplift {
  const pairs = baseline.byRound.map((before, i) => [before.fixed, edited.byRound[i]!.fixed])
  const count = (before: boolean, after: boolean) =>
    pairs.filter(([a, b]) => a === before && b === after).length
  const onlyBaseline = count(true, false)
  const onlyEdited = count(false, true)
  return {
    difference: edited.probability - baseline.probability,
    interval: newcombePaired({
      both: count(true, true),
      onlyEdited,
      onlyBaseline,
      neither: count(false, false)
    }),
    pValue: mcnemar(onlyBaseline, onlyEdited)
  }
}

/** What the edit breaks and repairs among the other held-out rows. */
export function collateralOf(
  baseline: readonly RoundResult[],
  edited: readonly RoundResult[],
  { index, held }: { index: number; held: HeldOut }
): FixReport['collateral'] {
  const others = Array.from({ length: held.rows.length }, (_, i) => i).filter((i) => i !== index)
  const right = ({ predicted }: RoundResult, i: number) => predicted[i] === held.classes[i]
  const changed = (from: RoundResult, to: RoundResult, before: boolean) =>
    others.filter((i) => right(from, i) === before && right(to, i) !== before).length
  const share = (rounds: readonly RoundResult[], i: number) =>
    rounds.filter((round) => right(round, i)).length / rounds.length
  const examples: CollateralExample[] = others
    .map((i) => ({ i, before: share(baseline, i), after: share(edited, i) }))
    .filter(({ before, after }) => Math.abs(after - before) >= notableChange)
    .sort((a, b) => a.after - a.before - (b.after - b.before) || a.i - b.i)
    .slice(0, mostCollateral)
    .map(({ i, before, after }) => ({
      example: held.rows[i]!,
      text: held.textOf(i),
      trueLabel: held.labelOf(i),
      baselineRight: before,
      editedRight: after
    }))
  const neighbours = baseline.slice(1).map((round, n) => [baseline[n]!, round] as const)
  return {
    newlyWrong: mean(baseline.map((round, n) => changed(round, edited[n]!, true))),
    newlyRight: mean(baseline.map((round, n) => changed(round, edited[n]!, false))),
    baselineChurn: mean(neighbours.map(([a, b]) => changed(a, b, true) + changed(a, b, false))),
    examples
  }
}
