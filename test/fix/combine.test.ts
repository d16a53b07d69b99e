import { describe, expect, it } from 'vitest'
import type { Combinable } from '../../src-main/fix/combine.ts'
import { combineFixes } from '../../src-main/fix/combine.ts'
import type { Suggestion } from '../../src-main/fix/suggestion.ts'

const remove = (row: number): Suggestion => ({ edit: { kind: 'remove', row }, influence: -row })
const pad = (row: number, word: string): Suggestion => ({
  edit: { kind: 'pad', row, wordId: word.length + 4, word },
  influence: -row,
  wordInfluence: -row / 2
})
const fix = (id: string, example: number, suggestions: Suggestion[]): Combinable => ({
  id,
  report: { example },
  suggestions
})
const editsOf = (fixes: Combinable[]) =>
  combineFixes(fixes).suggestions.map(({ edit }) =>
    edit.kind === 'pad' ? `${edit.row} ${edit.word}` : `${edit.row} ${edit.kind}`
  )

describe('combining fixes', () => {
  it('takes all edits in their order, and says for which example and how strong each was', () => {
    const { suggestions, conflicts } = combineFixes([
      fix('a', 100, [remove(7), remove(3)]),
      fix('b', 200, [pad(5, 'bad')])
    ])
    expect(suggestions).toEqual([
      { ...remove(7), origin: { example: 100, rank: 1 } },
      { ...remove(3), origin: { example: 100, rank: 2 } },
      { ...pad(5, 'bad'), origin: { example: 200, rank: 1 } }
    ])
    expect(conflicts).toEqual([])
  })

  it('counts the same edit once, and that is no conflict', () => {
    const fixes = [fix('a', 1, [remove(3), pad(4, 'x')]), fix('b', 2, [pad(4, 'x'), remove(3)])]
    expect(editsOf(fixes)).toEqual(['3 remove', '4 x'])
    expect(combineFixes(fixes).conflicts).toEqual([])
    expect(combineFixes(fixes).suggestions[0]!.origin).toEqual({ example: 1, rank: 1 })
  })

  it('removes a row that another fix pads, and says so', () => {
    const fixes = [fix('a', 1, [pad(3, 'bad')]), fix('b', 2, [remove(3)])]
    expect(editsOf(fixes)).toEqual(['3 remove'])
    expect(combineFixes(fixes).conflicts).toEqual([
      { row: 3, fixes: ['a', 'b'], resolution: expect.stringMatching(/^It is removed/) }
    ])
  })

  it('pads both words where fixes pad different ones', () => {
    const fixes = [fix('a', 1, [pad(3, 'bad')]), fix('b', 2, [pad(3, 'worse')])]
    expect(editsOf(fixes)).toEqual(['3 bad', '3 worse'])
    expect(combineFixes(fixes).conflicts[0]!.resolution).toBe(
      '“bad” and “worse” are both replaced by [PAD].'
    )
  })

  it('keeps the origins of what was combined before', () => {
    const first = combineFixes([fix('a', 1, [remove(9), remove(2)])])
    const again = combineFixes([fix('c', 5, first.suggestions), fix('d', 6, [remove(4)])])
    expect(again.suggestions.map(({ origin }) => origin)).toEqual([
      { example: 1, rank: 1 },
      { example: 1, rank: 2 },
      { example: 6, rank: 1 }
    ])
  })
})
