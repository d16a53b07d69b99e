/**
 * What can be said about a few rounds. A share of successes gets Wilson's score interval, which
 * stays inside [0, 1] and says something sensible of 0 of n and n of n. Paired rounds (same seed,
 * with and without the edit) get McNemar's exact test, which looks at the discordant pairs only,
 * and Newcombe's interval for the difference of two paired proportions. All intervals are of 95 %.
 */

/** A closed interval, 95 % wherever it is one of confidence. */
export type Interval = readonly [low: number, high: number]

/** How many pairs (rounds of one seed) went which way. */
export interface PairCounts {
  both: number
  onlyEdited: number
  onlyBaseline: number
  neither: number
}

/** The 97.5 % quantile of the standard normal distribution. */
const z = 1.959963984540054

/** Wilson's score interval of a proportion; [0, 1] when there were no trials. */
export function wilson(successes: number, trials: number): Interval {
  if (trials === 0) return [0, 1]
  const p = successes / trials
  const scale = 1 + z ** 2 / trials
  const centre = (p + z ** 2 / (2 * trials)) / scale
  const half = (z / scale) * Math.sqrt((p * (1 - p)) / trials + z ** 2 / (4 * trials ** 2))
  // At 0 and at n the limit is 0 or 1 exactly; the formula leaves a rounding error.
  return [
    successes === 0 ? 0 : Math.max(0, centre - half),
    successes === trials ? 1 : Math.min(1, centre + half)
  ]
}

/**
 * McNemar's exact two-sided p-value from the discordant pairs: twice the smaller binomial tail with
 * probability 1/2, at most 1; 1 when all pairs are concordant.
 */
export function mcnemar(onlyBaseline: number, onlyEdited: number): number {
  const pairs = onlyBaseline + onlyEdited
  const smaller = Math.min(onlyBaseline, onlyEdited)
  // Terms are kept as logarithms: 2^-pairs alone underflows beyond a thousand pairs.
  let logTerm = -pairs * Math.LN2
  let tail = 0
  for (let i = 0; i <= smaller; i++) {
    tail += Math.exp(logTerm)
    logTerm += Math.log((pairs - i) / (i + 1))
  }
  return Math.min(1, 2 * tail)
}

/**
 * The interval of the difference of paired proportions, edited minus baseline: method 10 of
 * Newcombe (1998), Statistics in Medicine 17:2635–2650, which joins the two Wilson intervals with
 * the correlation of the pairs; [−1, 1] when there were no pairs.
 */
export function newcombePaired(pairs: PairCounts): Interval {
  const { both, onlyEdited, onlyBaseline, neither } = pairs
  const n = both + onlyEdited + onlyBaseline + neither
  if (n === 0) return [-1, 1]
  const p1 = (both + onlyEdited) / n
  const p2 = (both + onlyBaseline) / n
  const [l1, u1] = wilson(both + onlyEdited, n)
  const [l2, u2] = wilson(both + onlyBaseline, n)
  const phi = correctedPhi(pairs)
  const below = joinedLength(p1 - l1, u2 - p2, phi)
  const above = joinedLength(u1 - p1, p2 - l2, phi)
  return [Math.max(-1, p1 - p2 - below), Math.min(1, p1 - p2 + above)]
}

/** The paper's φ̂: the numerator is brought n/2 closer to 0 when it is positive; 0 for an empty margin. */
function correctedPhi({ both: e, onlyEdited: f, onlyBaseline: g, neither: h }: PairCounts): number {
  const margins = (e + f) * (g + h) * (e + g) * (f + h)
  if (margins === 0) return 0
  const product = e * h - f * g
  const corrected = product > 0 ? Math.max(product - (e + f + g + h) / 2, 0) : product
  return corrected / Math.sqrt(margins)
}

function joinedLength(a: number, b: number, phi: number): number {
  return Math.sqrt(Math.max(0, a ** 2 - 2 * phi * a * b + b ** 2))
}

/** The arithmetic mean; 0 of nothing. */
export function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length
}

/** The standard deviation of what two or more values are a sample of. */
export function standardDeviation(values: readonly number[]): number {
  const middle = mean(values)
  const squares = values.reduce((sum, value) => sum + (value - middle) ** 2, 0)
  return Math.sqrt(squares / (values.length - 1))
}
