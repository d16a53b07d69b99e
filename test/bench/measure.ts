/** Times of a repeated piece of work. */

export interface Case {
  readonly name: string
  /** Rows that one run works through, where a rate says more than a time. */
  readonly rows?: number
  /** What the figure is to be: ms at most, or rows a second at least. */
  readonly target?: { ms: number } | { rowsPerSecond: number }
  /** PyTorch's variants of the same work (names of `text_cnn.py`); the fastest is compared with. */
  readonly peers?: readonly string[]
  /** Gets ready, untimed; the work is `run`. */
  prepare(): Promise<Work>
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

/** Runs the work for some seconds, and five times at least; before that a while to get warm. */
export async function measure(work: Work, seconds: number): Promise<Times> {
  const warm = performance.now() + 300 * seconds
  do await work.run()
  while (performance.now() < warm)
  const ms: number[] = []
  const before = process.cpuUsage()
  const end = performance.now() + 1000 * seconds
  while (ms.length < 5 || performance.now() < end) {
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
