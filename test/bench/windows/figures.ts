/** What is measured of the windows: times of single happenings, and times between frames. */
import { median } from '../measure.ts'
import { milliseconds, table } from '../table.ts'

export interface Figure {
  name: string
  ms: readonly number[]
  /** Whether these are times from one frame to the next. */
  frames?: boolean
  /** What the median, or the 95th percentile, or all of them may be at most. */
  target?: { of: Measure; ms: number }
}

const measures = {
  median,
  '95 %': (ms) => percentile(ms, 0.95),
  worst: (ms) => Math.max(...ms)
} satisfies Record<string, (ms: readonly number[]) => number>

type Measure = keyof typeof measures

/** A frame that takes longer is seen as a stutter. */
const stutterMs = 50

/** The figures for people. */
export function figureTable(figures: readonly Figure[]): string {
  const headings = ['', 'n', ...Object.keys(measures), 'over 50 ms', 'target']
  const rows = figures.map((figure) => [
    figure.name,
    String(figure.ms.length),
    ...Object.values(measures).map((of) => milliseconds(of(figure.ms))),
    figure.frames ? String(figure.ms.filter((ms) => ms > stutterMs).length) : '',
    verdict(figure)
  ])
  return table([headings, ...rows], [0, headings.length - 1])
}

function verdict({ ms, target }: Figure): string {
  if (!target) return ''
  const met = measures[target.of](ms) <= target.ms
  return `${target.of} ≤ ${target.ms} ms${met ? ' met' : ' MISSED'}`
}

/** The value that a share of the numbers does not exceed. */
function percentile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!
}
