import { describe, expect, it } from 'vitest'
import {
  actionOf,
  chosenRows,
  isEditable,
  startingSelection,
  switched,
  toggled,
  withAction
} from '../../../src-renderer/state/bench-selection.ts'

/** Four opponents, the strongest first; the third has no word that may be padded. */
const opponents = [
  { row: 70, padWord: 'stale' },
  { row: 20, padWord: 'dull' },
  { row: 50, padWord: null },
  { row: 10, padWord: 'zany' }
]
const two = { ...startingSelection(4), k: 2 }

describe('what the bench starts with', () => {
  it('removes fifty opponents', () => {
    expect(startingSelection(8000)).toMatchObject({ action: 'remove', k: 50 })
  })

  it('takes all where there are fewer', () => {
    expect(startingSelection(4).k).toBe(4)
    expect(startingSelection(0).k).toBe(0)
  })
})

describe('chosen rows', () => {
  it('are the k strongest, the strongest first', () => {
    expect(chosenRows(two, opponents)).toEqual([70, 20])
  })

  it('leave out what is unticked within k, without taking another instead', () => {
    expect(chosenRows({ ...two, except: [70] }, opponents)).toEqual([20])
  })

  it('take in what is ticked beyond k, in the order of the list', () => {
    expect(chosenRows({ ...two, also: [10] }, opponents)).toEqual([70, 20, 10])
  })

  it('count only rows with a word to pad towards k where words are padded', () => {
    const three = { ...two, k: 3, action: 'pad' as const }
    expect(chosenRows(three, opponents)).toEqual([70, 20, 10])
  })

  it('take a row without such a word where that row is removed', () => {
    const mixed = { ...two, k: 3, action: 'pad' as const, actions: { 50: 'remove' as const } }
    expect(isEditable(mixed, opponents[2]!)).toBe(true)
    expect(chosenRows(mixed, opponents)).toEqual([70, 20, 50])
  })
})

describe('ticking by hand', () => {
  it('unticks a row within k and ticks it again, without a trace', () => {
    const without = toggled(two, 20, opponents)
    expect(chosenRows(without, opponents)).toEqual([70])
    expect(toggled(without, 20, opponents)).toEqual(two)
  })

  it('ticks a row beyond k and unticks it again, without a trace', () => {
    const more = toggled(two, 10, opponents)
    expect(chosenRows(more, opponents)).toEqual([70, 20, 10])
    expect(toggled(more, 10, opponents)).toEqual(two)
  })

  it('outlives another k', () => {
    const chosen = toggled(toggled(two, 70, opponents), 10, opponents)
    expect(chosenRows({ ...chosen, k: 3 }, opponents)).toEqual([20, 50, 10])
    expect(chosenRows({ ...chosen, k: 1 }, opponents)).toEqual([10])
  })

  it('does not change what it was given', () => {
    const before = structuredClone(two)
    toggled(two, 70, opponents)
    switched(two, 70)
    expect(two).toEqual(before)
  })
})

describe('the action of one row', () => {
  it('goes the other way, and back without a trace', () => {
    const one = switched(two, 70)
    expect([actionOf(one, 70), actionOf(one, 20)]).toEqual(['pad', 'remove'])
    expect(switched(one, 70)).toEqual(two)
  })

  it('is as the others again when the action of all is set', () => {
    expect(withAction(switched(two, 70), 'remove', 4).actions).toEqual({})
  })
})

describe('the action of all rows', () => {
  it('brings its own usual k', () => {
    expect(withAction(startingSelection(8000), 'pad', 8000).k).toBe(200)
    expect(withAction(startingSelection(120), 'pad', 120).k).toBe(120)
  })

  it('leaves a k that the user has chosen', () => {
    expect(withAction({ ...startingSelection(8000), k: 7 }, 'pad', 8000).k).toBe(7)
  })
})
