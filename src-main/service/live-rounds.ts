/** Rounds as they end, for the windows. */
import type { RoundObserver, RoundOfExample } from '../pipeline/fix.ts'
import type { JobContext } from './jobs.ts'

/** Shows the rounds of a job that have ended so far, of as many as are wanted. */
export function roundsShown(job: JobContext, wanted: number): RoundObserver {
  let rounds: readonly RoundOfExample[] = []
  return (round) => {
    rounds = [...rounds, round]
    job.show({ kind: 'rounds', rounds: [...rounds], wanted })
  }
}
