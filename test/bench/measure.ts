/** Times of a repeated piece of work. */

export interface Case {
  readonly name: string
  /** Rows that one run works through, where a rate says more than a time. */
  readonly rows?: number
  /** What the figure is to be: ms at most, rows a second at least, a share of PyTorch's at most. */
  readonly target?: { ms: number } | { rowsPerSecond: number } | { ratio: number }
  /** PyTorch's variants of the same work; the fastest is compared with. */
  readonly peers?: Peers
  /** For what takes seconds: it is run once a round, without a while to get warm. */
  readonly runsOnce?: boolean
  /** Gets ready, untimed; the work is `run`. */
  prepare(): Promise<Work>
}

export interface Peers {
  readonly script: 'text_cnn.py' | 'encoder.py'
  readonly threads: number
  /** Names of the script's cases. */
  readonly names: readonly string[]
}

export interface Work {
  run(): Promise<void>
  dispose(): Promise<void>
}

export interface Times {
  /** Wall-clock times of single runs. */
  readonly ms: readonly number[]
  /** Processor time a run, all threads together: less sensitive to a busy machine. */
  readonly cpuMs: number
  /** Resident memory afterwards. */
  readonly residentMiB: number
}

/**
 * Runs the work for some seconds, and five times at least; before that a while to get warm. Or just
 * once.
 */
export async function measure(
  work: Pick<Work, 'run'>,
  seconds: number,
  runsOnce = false
): Promise<Times> {
  const warm = performance.now() + 300 * seconds
  while (!runsOnce && performance.now() < warm) await work.run()
  const least = runsOnce ? 1 : 5
  const ms: number[] = []
  const before = process.cpuUsage()
  const end = performance.now() + 1000 * seconds
  while (ms.length < least || (!runsOnce && performance.now() < end)) {
    const start = performance.now()
    await work.run()
    ms.push(performance.now() - start)
  }
  const { user, system } = process.cpuUsage(before)
  return {
    ms,
    cpuMs: (user + system) / 1000 / ms.length,
    residentMiB: process.memoryUsage.rss() / 2 ** 20
  }
}

export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
