import { expect, test } from 'vitest'
import { add, constant, input, matmul, reduceMax, relu, split } from '../../src-main/graph/build.ts'
import { gradients } from '../../src-main/graph/gradients.ts'
import type { Value } from '../../src-main/graph/ir.ts'
import { topological } from '../../src-main/graph/ir.ts'
import { printGraph } from '../../src-main/graph/print.ts'
import { trainStepGraph } from '../../src-main/models/graphs.ts'
import { textCnn } from '../../src-main/models/text-cnn.ts'

test('a small graph and its gradient', () => {
  const x = input('x', [2, 3])
  const weight = input('weight', [3, 4])
  const hidden = relu(add(matmul(x, weight), constant([0.5, 1, 1.5, 2], [4])))
  const [left, right] = split(hidden, 1, [2, 2]) as [Value, Value]
  const y = reduceMax(add(left, right), [1])
  const [dweight] = gradients(y, constant([1, -1], [2]), [weight])
  expect(printGraph({ name: 'small', outputs: { y, dweight: dweight! } })).toMatchInlineSnapshot(`
    "graph small
    x [2, 3] = Input
    weight [3, 4] = Input
    %2 [2, 4] = MatMul x weight
    %3 [4] = Constant {"data":[0.5,1,1.5,2],"shape":[4]}
    %4 [2, 4] = Add %2 %3
    %5 [2, 4] = Relu %4
    %6 [2, 2], %7 [2, 2] = Split %5 {"axis":1,"sizes":[2,2]}
    %8 [2, 2] = Add %6 %7
    %9 [2] = ReduceMax %8 {"axes":[1],"keepDims":false}
    %10 [] = Constant {"data":[1],"shape":[]}
    %11 [2, 1] = Reshape %9 {"shape":[2,1]}
    %12 [2, 2] = Sub %11 %8
    %13 [2, 2] = Indicator %12
    %14 [2, 2] = Sub %10 %13
    %15 [2] = Constant {"data":[1,-1],"shape":[2]}
    %16 [2, 1] = Reshape %15 {"shape":[2,1]}
    %17 [2, 1] = ReduceSum %14 {"axes":[1],"keepDims":true}
    %18 [2, 1] = Div %16 %17
    %19 [2, 2] = Mul %14 %18
    %20 [2, 4] = Concat %19 %19 {"axis":1}
    %21 [2, 4] = Indicator %5
    %22 [2, 4] = Mul %20 %21
    %23 [4, 2] = Transpose %22 {"permutation":[1,0]}
    %24 [4, 3] = MatMul %23 x
    %25 [3, 4] = Transpose %24 {"permutation":[1,0]}
    outputs y = %9, dweight = %25"
  `)
})

test('long attributes are cut', () => {
  const data = Array.from({ length: 40 }, (_, i) => i)
  const text = printGraph({ name: 'long', outputs: { y: constant(data, [40]) } })
  expect(text.split('\n')[1]!.length).toBeLessThan(90)
})

test("operators of the TextCNN's train step", () => {
  const model = textCnn({ embedding: 8, filters: 4, widths: [5, 5] }, 2)
  const graph = trainStepGraph(model, { rows: 2, tokens: 16, words: 20 })
  const counts: Record<string, number> = {}
  for (const { op } of topological(Object.values(graph.outputs))) {
    counts[op] = (counts[op] ?? 0) + 1
  }
  // A change of this is a change of speed: measure it (test/bench).
  expect(Object.fromEntries(Object.entries(counts).sort())).toMatchInlineSnapshot(`
    {
      "Add": 13,
      "Concat": 2,
      "Constant": 6,
      "Div": 1,
      "Exp": 1,
      "Expand": 5,
      "Gather": 1,
      "Indicator": 4,
      "Input": 13,
      "LogSoftmax": 1,
      "MatMul": 17,
      "Mul": 7,
      "Neg": 2,
      "Pad": 12,
      "ReduceMax": 1,
      "ReduceSum": 3,
      "Relu": 3,
      "Reshape": 18,
      "ScatterND": 1,
      "Slice": 12,
      "Split": 2,
      "Sub": 3,
      "Transpose": 12,
    }
  `)
})
