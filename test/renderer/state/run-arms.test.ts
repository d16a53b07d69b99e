import { expect, it } from 'vitest'
import { armsOfLive, armsOfReport } from '../../../src-renderer/state/run-arms.ts'
import type { RunView } from '../../../src-renderer/state/runs.svelte.ts'

type Report = RunView['report']

const arm = (fixed: number) => ({
  fixed,
  rounds: 2,
  probability: fixed / 2,
  interval: [0.1, 0.9] as [number, number],
  accuracy: 0.9,
  byRound: [{ seed: 1, fixed: fixed > 0, trueProbability: 0.6, accuracy: 0.9 }]
})

it('draws the arms of a finished fix in one order, each with its words', () => {
  const report = { control: arm(1), edited: arm(2), baseline: arm(0) } as unknown as Report
  expect(armsOfReport(report).map(({ name, title, fixed }) => [name, title, fixed])).toEqual([
    ['baseline', 'without the edit', 0],
    ['edited', 'with the edit', 2],
    ['control', 'random rows', 1]
  ])
})

it('leaves a control out that was not run', () => {
  const report = { baseline: arm(0), edited: arm(2), control: null } as unknown as Report
  expect(armsOfReport(report).map(({ name }) => name)).toEqual(['baseline', 'edited'])
})

const round = (name: 'baseline' | 'control' | 'edited', k: number, seed: number) => ({
  ...{ example: 7, arm: name, k, seed, fixed: true },
  ...{ trueProbability: 0.6, accuracy: 0.9 }
})
const tally = (name: 'baseline' | 'control' | 'edited', k: number) => ({
  ...{ example: 7, arm: name, k, fixed: 1, rounds: 1 },
  interval: [0.2, 1] as const
})

it('draws only the rounds of the fix that is asked for', () => {
  const live = {
    kind: 'rounds' as const,
    wanted: 6,
    rounds: [round('baseline', 5, 1), round('edited', 5, 1), round('edited', 10, 1)],
    tallies: [tally('baseline', 5), tally('edited', 5), tally('edited', 10)]
  }
  const arms = armsOfLive(live, 7, 5)
  expect(arms.map(({ name, byRound }) => [name, byRound.length])).toEqual([
    ['baseline', 1],
    ['edited', 1]
  ])
  expect(armsOfLive(live, 8, 5).every(({ rounds }) => rounds === 0)).toBe(true)
})

it('keeps a place for the edit before its first round, and none for the control', () => {
  const live = {
    ...{ kind: 'rounds' as const, wanted: 6 },
    ...{ rounds: [round('baseline', 5, 1)], tallies: [tally('baseline', 5)] }
  }
  expect(armsOfLive(live, 7, 5).map(({ name, rounds }) => [name, rounds])).toEqual([
    ['baseline', 1],
    ['edited', 0]
  ])
})
