import { describe, expect, test } from 'vitest'
import { ErratumError } from '../../src-main/errors.ts'
import { evaluate } from '../../src-main/executors/reference.ts'
import {
  add,
  apply,
  concat,
  constant,
  div,
  expand,
  input,
  logSoftmax,
  matmul,
  mul,
  pad,
  reduceMax,
  reduceSum,
  reshape,
  slice,
  softmax,
  split,
  sub,
  sumTo,
  transpose,
  transposeLast
} from '../../src-main/graph/build.ts'
import type { Shape, Value } from '../../src-main/graph/ir.ts'
import { inputsOf } from '../../src-main/graph/ir.ts'

let count = 0
const of = (...shape: number[]): Value => input(`input${count++}`, shape)

const refusals: [message: string, build: () => unknown][] = [
  [
    'Add of [2, 3] and [4]: axis 1 has sizes 3 and 4, which do not broadcast.',
    () => add(of(2, 3), of(4))
  ],
  [
    'Sub of [2, 1] and [3, 1]: axis 0 has sizes 2 and 3, which do not broadcast.',
    () => sub(of(2, 1), of(3, 1))
  ],
  [
    'Mul of [2] and [3]: axis 0 has sizes 2 and 3, which do not broadcast.',
    () => mul(of(2), of(3))
  ],
  [
    'Div of [5, 2, 2] and [4, 1, 1]: axis 0 has sizes 5 and 4, which do not broadcast.',
    () => div(of(5, 2, 2), of(4, 1, 1))
  ],
  ['Add of [2]: it takes 2 inputs.', () => apply('Add', [of(2)], {})],
  ['Mul of nothing: it takes 2 inputs.', () => apply('Mul', [], {})],
  ['Exp of [2] and [3]: it takes 1 input.', () => apply('Exp', [of(2), of(3)], {})],
  ['Neg of nothing: it takes 1 input.', () => apply('Neg', [], {})],
  ['MatMul of [2, 3]: it takes 2 inputs.', () => apply('MatMul', [of(2, 3)], {})],
  ['MatMul of [3] and [3, 2]: both need two axes or more.', () => matmul(of(3), of(3, 2))],
  ['MatMul of [] and []: both need two axes or more.', () => matmul(of(), of())],
  [
    'MatMul of [2, 3] and [4, 2]: the inner sizes 3 and 4 differ.',
    () => matmul(of(2, 3), of(4, 2))
  ],
  [
    'MatMul of [2, 3, 4] and [5, 4, 3]: axis 0 has sizes 2 and 5, which do not broadcast.',
    () => matmul(of(2, 3, 4), of(5, 4, 3))
  ],
  ['Transpose of [2, 3]: [0, 0] is no permutation of its axes.', () => transpose(of(2, 3), [0, 0])],
  ['Transpose of [2, 3]: [1] is no permutation of its axes.', () => transpose(of(2, 3), [1])],
  ['Reshape of [2, 3]: [4] holds another number of elements.', () => reshape(of(2, 3), [4])],
  ['Reshape of [2, 3]: [-2, -3] is no shape.', () => reshape(of(2, 3), [-2, -3])],
  [
    'Expand of [2, 3] and [4, 3]: axis 0 has sizes 2 and 4, which do not broadcast.',
    () => expand(of(2, 3), [4, 3])
  ],
  ['Expand of [2, 3]: it does not stretch to [2, 1].', () => expand(of(2, 3), [2, 1])],
  ['Expand of [1, 3]: it does not stretch to [3].', () => expand(of(1, 3), [3])],
  ['Expand of [1]: [0] is no shape.', () => expand(of(1), [0])],
  ['Slice of [2, 3]: there is no axis 2.', () => slice(of(2, 3), 2, [0, 1])],
  ['Slice of [2, 3]: there is no axis -1.', () => slice(of(2, 3), -1, [0, 1])],
  ['Slice of [2, 3]: [1, 4) is not within axis 1 of size 3.', () => slice(of(2, 3), 1, [1, 4])],
  ['Slice of [2, 3]: [1, 1) is not within axis 0 of size 2.', () => slice(of(2, 3), 0, [1, 1])],
  ['Slice of [2, 3]: [-1, 1) is not within axis 0 of size 2.', () => slice(of(2, 3), 0, [-1, 1])],
  ['Pad of []: there is no axis 0.', () => pad(of(), 0, [1, 0])],
  ['Pad of [2]: it cannot take elements away.', () => pad(of(2), 0, [-1, 0])],
  ['Concat of nothing: there is nothing to join.', () => concat([], 0)],
  ['Concat of [2] and [3]: there is no axis 1.', () => concat([of(2), of(3)], 1)],
  [
    'Concat of [2, 2] and [2, 3] and [3, 2]: they differ outside of axis 0.',
    () => concat([of(2, 2), of(2, 3), of(3, 2)], 0)
  ],
  ['Concat of [2, 2] and [2]: they differ outside of axis 0.', () => concat([of(2, 2), of(2)], 0)],
  ['Split of [5]: parts of 2, 2 do not make up axis 0.', () => split(of(5), 0, [2, 2])],
  ['Split of [5]: parts of 5, 0 do not make up axis 0.', () => split(of(5), 0, [5, 0])],
  ['Split of [5]: there is no axis 1.', () => split(of(5), 1, [5])],
  ['ReduceSum of [2, 3]: there is no axis 2.', () => reduceSum(of(2, 3), [0, 2])],
  ['ReduceSum of [2, 3]: [1, 1] names an axis twice.', () => reduceSum(of(2, 3), [1, 1])],
  ['ReduceMax of []: there is no axis 0.', () => reduceMax(of(), [0])],
  [
    'ReduceMax of [2]: it names no axis.',
    () => apply('ReduceMax', [of(2)], { axes: [], keepDims: true })
  ],
  [
    'ReduceSum of [2]: it names no axis.',
    () => apply('ReduceSum', [of(2)], { axes: [], keepDims: false })
  ],
  ['Softmax of [2]: there is no axis 1.', () => softmax(of(2), 1)],
  ['LogSoftmax of [2]: there is no axis 0.5.', () => logSoftmax(of(2), 0.5)],
  ['3 numbers do not fill the shape [2].', () => constant([1, 2, 3], [2])]
]

test.each(refusals)('%s', (message, build) => {
  expect(build).toThrow(new ErratumError('bad-graph', message))
  expect(build).toThrow(expect.objectContaining({ code: 'bad-graph' }))
})

describe('composed words', () => {
  const shapes: [name: string, found: Value, shape: Shape][] = [
    ['transposeLast', transposeLast(of(2, 3, 4)), [2, 4, 3]],
    ['sumTo a scalar', sumTo(of(2, 3), []), []],
    ['sumTo fewer axes', sumTo(of(2, 3, 4), [3, 1]), [3, 1]],
    ['sumTo size-1 axes', sumTo(of(2, 3), [1, 3]), [1, 3]],
    ['sumTo itself', sumTo(of(1, 3), [1, 3]), [1, 3]]
  ]
  test.each(shapes)('%s', (_, found, shape) => {
    expect(found.shape).toEqual(shape)
  })

  test('what changes nothing adds no node', () => {
    const x = of(2, 3)
    const same = [
      expand(x, [2, 3]),
      reshape(x, [2, 3]),
      pad(x, 0, [0, 0]),
      reduceSum(x, []),
      reduceMax(x, []),
      sumTo(x, [2, 3])
    ]
    expect(same.every((value) => value === x)).toBe(true)
  })
})

test('two inputs of one name are refused, as no feed could tell them apart', () => {
  const graph = { name: 'twins', outputs: { sum: add(input('x', [2]), input('x', [1])) } }
  expect(() => inputsOf(graph)).toThrow('Graph twins has two inputs called x.')
})

test('a feed that does not fit is refused with the shape', () => {
  const graph = { name: 'test', outputs: { y: add(input('x', [2, 2]), constant([1])) } }
  expect(() => evaluate(graph, { x: [1, 2, 3] })).toThrow('Input x [2, 2] was given 3 numbers.')
  expect(() => evaluate(graph, {})).toThrow('Input x [2, 2] was given nothing.')
})
