/** The arms of a run as its charts draw them, from a finished fix or from rounds as they end. */
import type { Live } from '../../src-preload/contract/jobs.ts'
import type { RunView } from './runs.svelte.ts'

type LiveRounds = Extract<Live, { kind: 'rounds' }>

export interface ArmDrawn {
  name: 'baseline' | 'control' | 'edited'
  /** In words: `without the edit`. */
  title: string
  fixed: number
  rounds: number
  /** Wilson 95 % interval of the fix probability. */
  interval: readonly [number, number]
  byRound: readonly { seed: number; fixed: boolean; trueProbability: number }[]
}

const titles = {
  baseline: 'without the edit',
  control: 'random rows',
  edited: 'with the edit'
} as const
const order = ['baseline', 'edited', 'control'] as const

export function armsOfReport(report: RunView['report']): ArmDrawn[] {
  return order.flatMap((name) => {
    const arm = report[name]
    if (!arm) return []
    const { fixed, rounds, interval, byRound } = arm
    return [{ name, title: titles[name], fixed, rounds, interval, byRound }]
  })
}

/** The arms of one fix of a running job; the control is left out until its first round. */
export function armsOfLive(live: LiveRounds, example: number, k: number): ArmDrawn[] {
  const isOf = (one: { example: number; k: number }) => one.example === example && one.k === k
  return order.flatMap((name) => {
    const tally = live.tallies.find((one) => isOf(one) && one.arm === name)
    if (!tally && name === 'control') return []
    const { fixed, rounds, interval } = tally ?? { fixed: 0, rounds: 0, interval: [0, 1] as const }
    const byRound = live.rounds.filter((round) => isOf(round) && round.arm === name)
    return [{ name, title: titles[name], fixed, rounds, interval, byRound }]
  })
}

/** A point of the curve over k. */
export interface CurvePoint {
  k: number
  fixed: number
  rounds: number
  interval: readonly [number, number]
}
