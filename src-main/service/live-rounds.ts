/** Rounds as they end, for the windows. */
import type { Live } from '../../src-preload/contract/jobs.ts'
import type { RoundObserver, RoundOfExample } from '../pipeline/fix.ts'
import { wilson } from '../statistics.ts'
import type { JobContext } from './jobs.ts'

type Tally = Extract<Live, { kind: 'rounds' }>['tallies'][number]

/** Shows the rounds of a job that have ended so far, of as many as are wanted. */
export function roundsShown(job: Pick<JobContext, 'show'>, wanted: number): RoundObserver {
  let rounds: readonly RoundOfExample[] = []
  return (round) => {
    rounds = [...rounds, round]
    job.show({ kind: 'rounds', rounds: [...rounds], tallies: tallied(rounds), wanted })
  }
}

/** The rounds counted by example, k and arm, in the order in which each first came. */
export function tallied(rounds: readonly RoundOfExample[]): Tally[] {
  const groups = new Map<string, RoundOfExample[]>()
  for (const round of rounds) {
    const key = `${round.example} ${round.k} ${round.arm}`
    groups.set(key, [...(groups.get(key) ?? []), round])
  }
  return Array.from(groups.values(), (group) => {
    const { example, k, arm } = group[0]!
    const fixed = group.filter((round) => round.fixed).length
    return {
      ...{ example, k, arm, fixed },
      rounds: group.length,
      interval: wilson(fixed, group.length)
    }
  })
}
