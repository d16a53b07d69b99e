import { beforeEach, describe, expect, test } from 'vitest'
import { ErratumError } from '../../src-main/errors.ts'
import { applyEdits } from '../../src-main/fix/apply.ts'
import type { Edit } from '../../src-main/fix/edits.ts'
import { textAt } from '../../src-main/tokens/encode.ts'
import type { TrainingSet } from '../../src-main/training/trainer.ts'
import { encoded } from '../support/views.ts'

/** Row ids are those of the source, not the indices of the training texts. */
const [first, second, third] = [10, 20, 31]
const texts = [
  [2, 7, 8, 7, 3],
  [2, 7, 9, 3],
  [2, 4, 5, 6, 3]
]
let data: TrainingSet

beforeEach(() => {
  data = {
    texts: encoded(texts, []).texts,
    rows: Int32Array.of(first, second, third),
    classes: Int32Array.of(0, 1, 0),
    weights: Float32Array.of(1, 1, 0.5)
  }
})

const textsOf = (set: TrainingSet) => texts.map((_, index) => [...textAt(set.texts, index).ids])

/** All numbers of a training set, to see that nothing else has changed. */
const snapshot = (set: TrainingSet) => ({
  texts: textsOf(set),
  rows: [...set.rows],
  classes: [...set.classes],
  weights: [...set.weights]
})

test.each<[Edit, RegExp]>([
  [{ kind: 'relabel', row: first, class: 2 }, /Row 10 .* class 2: no training row has it/],
  [{ kind: 'weight', row: first, weight: -1 }, /Row 10 .* weight -1: it must be 0 or more/],
  [{ kind: 'weight', row: first, weight: Number.NaN }, /weight NaN/]
])('refuses what would train nonsense: %o', (edit, message) => {
  expect(() => applyEdits(data, [edit])).toThrow(message)
})

describe('each kind of edit changes its own part and nothing else', () => {
  const before = () => snapshot(data)

  test('none', () => {
    expect(snapshot(applyEdits(data, []))).toEqual(before())
  })

  test('remove gives the row the weight 0, and leaves it in its place', () => {
    const edited = applyEdits(data, [{ kind: 'remove', row: second }])
    expect(snapshot(edited)).toEqual({ ...before(), weights: [1, 0, 0.5] })
  })

  test('pad replaces the word at all its positions in that row; the length stays', () => {
    const edited = applyEdits(data, [{ kind: 'pad', row: first, wordId: 7, word: 'seven' }])
    expect(snapshot(edited)).toEqual({
      ...before(),
      texts: [[2, 0, 8, 0, 3], texts[1], texts[2]]
    })
    expect([...edited.texts.offsets]).toEqual([...data.texts.offsets])
  })

  test('pad of a word that the row does not have', () => {
    const edited = applyEdits(data, [{ kind: 'pad', row: third, wordId: 7, word: 'seven' }])
    expect(snapshot(edited)).toEqual(before())
  })

  test('relabel gives another class', () => {
    const edited = applyEdits(data, [{ kind: 'relabel', row: third, class: 1 }])
    expect(snapshot(edited)).toEqual({ ...before(), classes: [0, 1, 1] })
  })

  test('weight multiplies', () => {
    const edited = applyEdits(data, [
      { kind: 'weight', row: third, weight: 0.5 },
      { kind: 'weight', row: first, weight: 3 }
    ])
    expect(snapshot(edited)).toEqual({ ...before(), weights: [3, 1, 0.25] })
  })
})

test('several edits of several rows, and of one, add up', () => {
  const edits: Edit[] = [
    { kind: 'pad', row: first, wordId: 7, word: 'seven' },
    { kind: 'pad', row: first, wordId: 8, word: 'eight' },
    { kind: 'relabel', row: first, class: 1 },
    { kind: 'remove', row: third },
    { kind: 'weight', row: third, weight: 2 }
  ]
  expect(snapshot(applyEdits(data, edits))).toEqual({
    texts: [[2, 0, 0, 0, 3], texts[1], texts[2]],
    rows: [first, second, third],
    classes: [1, 1, 0],
    weights: [1, 1, 0]
  })
})

test('the training set that is given stays as it is', () => {
  const before = snapshot(data)
  applyEdits(data, [
    { kind: 'remove', row: first },
    { kind: 'pad', row: second, wordId: 9, word: 'nine' },
    { kind: 'relabel', row: third, class: 1 },
    { kind: 'weight', row: second, weight: 0 }
  ])
  expect(snapshot(data)).toEqual(before)
})

test.each<Edit>([
  { kind: 'remove', row: 1 },
  { kind: 'pad', row: 1, wordId: 7, word: 'seven' },
  { kind: 'relabel', row: 1, class: 0 },
  { kind: 'weight', row: 1, weight: 0.5 }
])('an edit of a row that is not in the training set is an error: $kind', (edit) => {
  const apply = () => applyEdits(data, [edit])
  expect(apply).toThrow(
    new ErratumError('bad-argument', 'Row 1 is no training row: no edit of it.')
  )
})
