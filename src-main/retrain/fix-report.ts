/** The result of a fix, as `fix --json` prints it and as `report.html` shows it (DESIGN, section 5). */
import type { Edit } from '../fix/edits.ts'
import type { Action } from '../fix/suggest.ts'
import type { Interval } from '../statistics.ts'

/** The rounds of one arm: baseline, control or edited. */
export interface ArmReport {
  fixed: number
  rounds: number
  /** fixed / rounds */
  probability: number
  /** Wilson 95 % interval of `probability`. */
  interval: Interval
  /** Mean over rounds of the probability of the true label. */
  meanTrueProbability: number
  /** Mean over rounds of the accuracy on the held-out split. */
  accuracy: number
  /** By round, in the order of `seeds`. */
  byRound: { seed: number; fixed: boolean; trueProbability: number; accuracy: number }[]
}

export interface Uplift {
  /** Edited minus baseline fix probability. */
  difference: number
  /** Newcombe's 95 % interval for paired proportions. */
  interval: Interval
  /** McNemar's exact two-sided p-value of the pairs. */
  pValue: number
}

/** A held-out prediction that the edited rounds change, beyond what the baseline rounds do among themselves. */
export interface CollateralExample {
  example: number
  text: string
  trueLabel: string
  /** Share of rounds in which it is right. */
  baselineRight: number
  editedRight: number
}

export interface FixReport {
  example: number
  text: string
  trueLabel: string
  predictedLabel: string
  method: string
  action: Action
  k: number
  seeds: number[]
  /** Whether the example is wrong in most baseline rounds. */
  stablyWrong: boolean
  baseline: ArmReport
  control: ArmReport | null
  edited: ArmReport
  uplift: Uplift
  collateral: {
    /** Mean number a round, edited against baseline of the same seed. */
    newlyWrong: number
    newlyRight: number
    /** The same numbers between two baseline rounds of different seeds: the noise to compare with. */
    baselineChurn: number
    examples: CollateralExample[]
  }
  edits: Edit[]
  seconds: number
}
