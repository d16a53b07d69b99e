/** How far a job is and how long it will take. */

export interface Progress {
  /** Units done, fractions of the running ones included. */
  done: number
  /** Units in all; null when that is not known. */
  total: number | null
  /** null while there is too little to go by. */
  secondsLeft: number | null
  /** What is being done, for people. */
  message: string
}

export interface MeterOptions {
  /** Units in all; null when that is not known. */
  total: number | null
  /** Units that were there before the job started, such as rounds found in the journal. */
  alreadyDone?: number
  /** A clock in milliseconds. */
  now?: () => number
}

/** Before this much time and this share of a unit an estimate would only jump about. */
const leastMs = 500
const leastUnits = 0.02

/**
 * Starts the clock and returns a function from the units done to the progress. Time left is linear
 * over what this job did itself: units that were there already say nothing about its speed.
 */
export function progressMeter(options: MeterOptions): (done: number, message: string) => Progress {
  const { total, alreadyDone = 0, now = () => performance.now() } = options
  const start = now()
  return (done, message) => {
    const elapsedMs = now() - start
    const own = done - alreadyDone
    const tooSoon = elapsedMs < leastMs || own < leastUnits
    const secondsLeft =
      total === null || (tooSoon && done < total)
        ? null
        : (Math.max(0, total - done) * elapsedMs) / Math.max(own, leastUnits) / 1000
    return { done, total, secondsLeft, message }
  }
}
