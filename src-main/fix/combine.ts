/** Several fixes as one list of edits. */
import type { MethodName } from '../influence/method-names.ts'
import type { Origin, Suggestion } from './suggestion.ts'

/** What combining needs to know of a fix. */
export interface Combinable {
  id: string
  report: { example: number; method: MethodName }
  suggestions: readonly Suggestion[]
}

/** A suggestion that says where it comes from. */
export interface CombinedSuggestion extends Suggestion {
  origin: Origin & { method: MethodName }
}

/** A row that fixes edit in different ways, and what is done with it. */
export interface Conflict {
  row: number
  /** Ids of the fixes. */
  fixes: string[]
  resolution: string
}

export interface Combination {
  /** In the order of the fixes, and in each the strongest first. */
  suggestions: CombinedSuggestion[]
  conflicts: Conflict[]
}

/**
 * All edits of all fixes. A row that one removes and another pads is removed; a row in which they pad
 * different words loses all of them; the same edit counts once.
 */
export function combineFixes(fixes: readonly Combinable[]): Combination {
  const byRow = new Map<number, { fix: string; suggestion: CombinedSuggestion }[]>()
  for (const fix of fixes) {
    fix.suggestions.forEach((suggestion, n) => {
      const { example, method } = fix.report
      const place = suggestion.origin ?? { example, rank: n + 1 }
      const origin = { ...place, method: place.method ?? method }
      const of = byRow.get(suggestion.edit.row) ?? []
      byRow.set(suggestion.edit.row, of)
      of.push({ fix: fix.id, suggestion: { ...suggestion, origin } })
    })
  }
  const rows = Array.from(byRow)
  const suggestions = rows.flatMap(([, of]) => resolved(of.map(({ suggestion }) => suggestion)))
  const conflicts = rows.flatMap(([row, of]) => {
    const all = distinct(of.map(({ suggestion }) => suggestion))
    if (all.length < 2) return []
    const resolution = all.some(({ edit }) => edit.kind === 'remove')
      ? 'It is removed, so the words that would be replaced in it go with it.'
      : `${all.map(({ edit }) => ('word' in edit ? `“${edit.word}”` : '')).join(' and ')} are both replaced by [PAD].`
    return [{ row, fixes: [...new Set(of.map(({ fix }) => fix))], resolution }]
  })
  return { suggestions, conflicts }
}

/** The edits that stay of those of one row. */
function resolved(suggestions: readonly CombinedSuggestion[]): CombinedSuggestion[] {
  const removal = suggestions.find(({ edit }) => edit.kind === 'remove')
  return removal ? [removal] : distinct(suggestions)
}

function distinct(suggestions: readonly CombinedSuggestion[]): CombinedSuggestion[] {
  const key = ({ edit }: Suggestion) => ('word' in edit ? `${edit.kind} ${edit.word}` : edit.kind)
  return [...new Map(suggestions.toReversed().map((each) => [key(each), each])).values()].reverse()
}
