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
const method = 'tracin-we-adam'
const fix = (id: string, example: number, suggestions: Suggestion[]): Combinable => ({
  id,
  report: { example, method },
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
      { ...remove(7), origin: { example: 100, rank: 1, method } },
      { ...remove(3), origin: { example: 100, rank: 2, method } },
      { ...pad(5, 'bad'), origin: { example: 200, rank: 1, method } }
    ])
    expect(conflicts).toEqual([])
  })

  it('counts the same edit once, and that is no conflict', () => {
    const fixes = [fix('a', 1, [remove(3), pad(4, 'x')]), fix('b', 2, [pad(4, 'x'), remove(3)])]
    expect(editsOf(fixes)).toEqual(['3 remove', '4 x'])
    expect(combineFixes(fixes).conflicts).toEqual([])
    expect(combineFixes(fixes).suggestions[0]!.origin).toEqual({ example: 1, rank: 1, method })
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

  it('says of each edit which method ranked it, also of one example by two methods', () => {
    const other = { ...fix('b', 1, [remove(4)]), report: { example: 1, method: 'tracin-last' } }
    const { suggestions } = combineFixes([fix('a', 1, [remove(3)]), other as Combinable])
    expect(suggestions.map(({ origin }) => origin!.method)).toEqual([method, 'tracin-last'])
  })

  it('keeps the origins of what was combined before', () => {
    const first = combineFixes([fix('a', 1, [remove(9), remove(2)])])
    const proof = {
      ...fix('c', 5, first.suggestions),
      report: { example: 5, method: 'tracin-last' }
    }
    const again = combineFixes([proof as Combinable, fix('d', 6, [remove(4)])])
    expect(again.suggestions.map(({ origin }) => origin)).toEqual([
      { example: 1, rank: 1, method },
      { example: 1, rank: 2, method },
      { example: 6, rank: 1, method }
    ])
  })

  it('takes the method of a fix for what an older version has combined into it', () => {
    const old = { ...remove(3), origin: { example: 1, rank: 1 } }
    expect(combineFixes([fix('c', 5, [old])]).suggestions[0]!.origin).toEqual({
      ...{ example: 1, rank: 1, method }
    })
  })
})
