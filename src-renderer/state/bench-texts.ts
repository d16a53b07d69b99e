/** Texts that come after their rows: a bench shows its first rows before all of them are read. */
import type {
  BenchRow,
  BenchView,
  TextOfRow,
  WordsOfRow
} from '../../src-preload/contract/bench.ts'

type Lists = Pick<BenchView, 'opponents' | 'proponents'>

/** Rows whose texts have not come yet, in the order in which they are listed. */
export function unread({ opponents, proponents }: Lists): WordsOfRow[] {
  return [...opponents, ...proponents]
    .filter(({ text }) => text === null)
    .map(({ row, words }) => ({ row, words: words.map(({ word }) => word) }))
}

/** The view with the texts of these rows. */
export function withTexts<View extends Lists>(
  view: View,
  rows: readonly WordsOfRow[],
  texts: readonly TextOfRow[]
): View {
  const known = new Map(rows.map(({ row }, n) => [row, texts[n]!]))
  const read = (each: BenchRow): BenchRow => {
    const found = known.get(each.row)
    if (!found) return each
    const words = each.words.map((word, n) => ({ ...word, spans: found.spans[n]! }))
    return { ...each, text: found.text, words }
  }
  return { ...view, opponents: view.opponents.map(read), proponents: view.proponents.map(read) }
}
