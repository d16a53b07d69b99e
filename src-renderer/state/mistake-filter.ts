/** Which mistakes the list shows, and in which order: plain data, so that it can be kept. */
import type { MistakeTable } from '../../src-preload/contract/model.ts'

export type SortKey = 'probability' | 'labels' | 'stability' | 'example'

export interface MistakeFilter {
  /** Probabilities of the true label, both ends included. */
  band: readonly [number, number]
  /** Class numbers; null for all. */
  trueClass: number | null
  predictedClass: number | null
  onlyStable: boolean
  search: string
  sort: { key: SortKey; descending: boolean }
}

/** The paper's band: wrong, but not hopelessly. */
export const usualBand: readonly [number, number] = [0.3, 0.7]

export const everything: MistakeFilter = {
  band: [0, 1],
  trueClass: null,
  predictedClass: null,
  onlyStable: false,
  search: '',
  sort: { key: 'probability', descending: true }
}

/** Wrong in most of the rounds without an edit. */
export function isStablyWrong(table: MistakeTable, index: number): boolean {
  return table.rounds > 0 && table.fixed[index]! / table.rounds < 0.5
}

/** Indices into the table that pass, in order. `found` holds the examples whose text was found. */
export function passing(
  table: MistakeTable,
  filter: MistakeFilter,
  found: ReadonlySet<number> | undefined
): number[] {
  const { band, trueClass, predictedClass, onlyStable } = filter
  const passes = (i: number) =>
    table.probabilities[i]! >= band[0] &&
    table.probabilities[i]! <= band[1] &&
    (trueClass === null || table.trueClasses[i] === trueClass) &&
    (predictedClass === null || table.predictedClasses[i] === predictedClass) &&
    (!onlyStable || isStablyWrong(table, i)) &&
    (!found || found.has(table.examples[i]!))
  const order = comparing(table, filter.sort.key)
  const sign = filter.sort.descending ? -1 : 1
  return Array.from(table.examples.keys())
    .filter(passes)
    .sort((a, b) => sign * order(a, b) || table.examples[a]! - table.examples[b]!)
}

function comparing(table: MistakeTable, key: SortKey): (a: number, b: number) => number {
  const by = (values: readonly number[]) => (a: number, b: number) => values[a]! - values[b]!
  switch (key) {
    case 'probability':
      return by(table.probabilities)
    case 'stability':
      return by(table.fixed)
    case 'example':
      return by(table.examples)
    case 'labels':
      return (a, b) => by(table.trueClasses)(a, b) || by(table.predictedClasses)(a, b)
  }
}

/** Whether anything is left out. */
export function isFiltered({ band, trueClass, predictedClass, onlyStable, search }: MistakeFilter) {
  return (
    band[0] > 0 ||
    band[1] < 1 ||
    trueClass !== null ||
    predictedClass !== null ||
    onlyStable ||
    search.trim() !== ''
  )
}

/** How many probabilities fall into each of `bins` equal parts of [0, 1]. */
export function histogram(probabilities: readonly number[], bins: number): number[] {
  const counts = new Array<number>(bins).fill(0)
  for (const p of probabilities) counts[Math.min(Math.floor(p * bins), bins - 1)]!++
  return counts
}
