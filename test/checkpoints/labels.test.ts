import { describe, expect, it } from 'vitest'
import { inspectCheckpoint } from '../../src-main/checkpoints/inspect.ts'
import { checkLabels, classifierColumns } from '../../src-main/checkpoints/labels.ts'
import { openCheckpoint } from '../../src-main/checkpoints/open.ts'
import { configure, copyOf, goldenFolder } from './support.ts'

const names = ['negative', 'neutral', 'positive']

/** Column `column` of [rows, 3]. */
const columnOf = (values: Float32Array, column: number) =>
  [...values].filter((_, i) => i % 3 === column)

describe('the classifier of a folder', () => {
  it('is kept for the same labels', async () => {
    const opened = await openCheckpoint(goldenFolder('electra'))
    expect(checkLabels(opened, names).tensors).toEqual(opened.tensors)
  })

  it('is put in the order of the data', async () => {
    const opened = await openCheckpoint(goldenFolder('electra'))
    const labels = ['Positive', 'NEGATIVE', 'neutral']
    const fitted = checkLabels(opened, labels)
    expect(fitted.labels).toEqual(labels)
    for (const name of ['classifier.weight', 'classifier.bias']) {
      const [theirs, ours] = [opened.tensors[name]!, fitted.tensors[name]!]
      for (const [column, from] of [2, 0, 1].entries()) {
        expect(columnOf(ours, column)).toEqual(columnOf(theirs, from))
      }
    }
    const rest = Object.keys(opened.tensors).filter((name) => !name.startsWith('classifier'))
    for (const name of rest) expect(fitted.tensors[name]).toBe(opened.tensors[name])
  })

  it('takes names that differ in case alone as they are', async () => {
    const folder = copyOf('bert')
    configure(folder, { id2label: { 0: 'a', 1: 'A', 2: 'b' } })
    const inspected = await inspectCheckpoint(folder)
    expect(classifierColumns(inspected, ['A', 'b', 'a'])).toEqual([1, 2, 0])
    expect(() => classifierColumns(inspected, ['A', 'B', 'a'])).toThrow(/has the labels a, A, b/)
  })

  it('with labels that nobody named is kept as it is', async () => {
    const folder = copyOf('bert')
    configure(folder, { id2label: { 0: 'LABEL_0', 1: 'LABEL_1', 2: 'LABEL_2' } })
    const inspected = await inspectCheckpoint(folder)
    expect(classifierColumns(inspected, ['x', 'y', 'z'])).toEqual([0, 1, 2])
  })

  it.each([
    ['two', 'two, labels (2)'],
    ['of other names', 'good, bad, ugly (3)']
  ])('is refused for data with labels %s', async (_, listed) => {
    const inspected = await inspectCheckpoint(goldenFolder('bert'))
    const labels = listed.replace(/ \(.*/, '').split(', ')
    expect(() => classifierColumns(inspected, labels)).toThrow(
      `bert: the classifier has the labels negative, neutral, positive (3), but the data ${listed}. Start with a new head (--new-head),`
    )
  })

  it('of another kind is refused', async () => {
    const folder = copyOf('bert')
    configure(folder, { problem_type: 'multi_label_classification' })
    const opened = await openCheckpoint(folder)
    expect(() => checkLabels(opened, names)).toThrow(
      /the classifier is one for multi_label_classification, not for one label a text\. Start/
    )
    expect(checkLabels(opened, names, { newHead: true }).otherProblem).toBeUndefined()
  })

  it('is left out for a new head, the layer before it kept', async () => {
    const opened = await openCheckpoint(goldenFolder('bert'))
    const fitted = checkLabels(opened, ['a', 'b'], { newHead: true })
    expect(fitted.labels).toBeUndefined()
    expect(fitted.missing).toEqual(['classifier.weight', 'classifier.bias'])
    expect(fitted.parameters).toBe(opened.parameters - 16 * 3 - 3)
    expect(Object.keys(fitted.tensors)).toEqual([...fitted.shapes.keys()])
    expect(fitted.tensors['pooler.weight']).toBe(opened.tensors['pooler.weight'])
  })

  it('is nowhere in a folder of an encoder', async () => {
    const opened = await openCheckpoint(goldenFolder('minilm'))
    expect(checkLabels(opened, ['a', 'b'])).toBe(opened)
  })
})
