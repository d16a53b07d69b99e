import { describe, expect, test } from 'vitest'
import { onnxruntimeExecutor } from '../../src-main/executors/onnxruntime.ts'
import { evaluate } from '../../src-main/executors/reference.ts'
import type { Graph } from '../../src-main/graph/ir.ts'
import { inputsOf, sizeOf } from '../../src-main/graph/ir.ts'
import {
  gradientName,
  inputGradientGraph,
  liftGraph,
  mapGraph,
  predictGraph,
  trainStepGraph
} from '../../src-main/models/graphs.ts'
import { textCnn } from '../../src-main/models/text-cnn.ts'
import type { Packed } from '../support/golden.ts'
import { expectClose, golden } from '../support/golden.ts'

interface Case {
  name: string
  sizes: Record<'V' | 'D' | 'F' | 'C' | 'w1' | 'w2' | 'B' | 'T', number>
  ids: number[][]
  lengths: number[]
  labels: number[]
  parameters: Record<string, Packed>
  logits: number[][]
  losses: number[]
  inputGradients: Packed
  gradients: Record<string, Packed>
}

const { cases } = golden<{ cases: Case[] }>('text-cnn')

async function onReference(graph: Graph, feeds: Record<string, number[]>) {
  return Object.fromEntries(
    Object.entries(evaluate(graph, feeds)).map(([name, { data }]) => [name, data])
  )
}

async function onOnnxruntime(graph: Graph, feeds: Record<string, number[]>) {
  const executable = await onnxruntimeExecutor({ threads: 1 }).compile(graph)
  const tensors = Object.entries(feeds).map(([name, data]) => [name, Float32Array.from(data)])
  const results = await executable.run(Object.fromEntries(tensors))
  await executable.dispose()
  return results
}

const executors = [
  // The golden values have nine digits, from float64.
  { name: 'reference', run: onReference, logits: 1e-8, gradients: 1e-7 },
  { name: 'onnxruntime cpu', run: onOnnxruntime, logits: 1e-5, gradients: 1e-5 }
]

function prepare(given: Case) {
  const { D, F, C, w1, w2, B, T } = given.sizes
  const model = textCnn({ embedding: D, filters: F, widths: [w1, w2] }, C)
  // The whole table stands for the words of the batch, so that a word's slot is its id.
  const batch = { rows: B, tokens: T, words: given.sizes.V }
  const table = given.parameters['embedding']!.data
  const mask = model.derivedInputs[0]!
  const windowMask = new Float32Array(sizeOf(mask.shape(batch)))
  const bounds = given.lengths.map((length) => ({ length, second: length }))
  mask.fill(windowMask, bounds, batch)
  const feeds: Record<string, number[]> = {
    vectors: table,
    slots: given.ids.flat(),
    windowMask: [...windowMask],
    target: given.labels.flatMap((label) => Array.from({ length: C }, (_, c) => +(c === label))),
    rowWeight: given.labels.map(() => 1 / B)
  }
  for (const { name } of model.parameters) feeds[name] = given.parameters[name]!.data
  const only = (graph: Graph) =>
    Object.fromEntries([...inputsOf(graph).keys()].map((name) => [name, feeds[name]!]))
  return { model, batch, only }
}

describe.each(executors)('TextCNN on $name agrees with PyTorch', ({ run, logits, gradients }) => {
  test.each(cases)('$name: logits', async (given) => {
    const { model, batch, only } = prepare(given)
    const graph = predictGraph(model, batch)
    const results = await run(graph, only(graph))
    expectClose(results['logits']!, given.logits.flat(), { tolerance: logits, name: 'logits' })
  })

  test.each(cases)('$name: gradient of every embedded word, losses', async (given) => {
    const { model, batch, only } = prepare(given)
    const graph = inputGradientGraph(model, batch)
    const results = await run(graph, only(graph))
    expectClose(results['losses']!, given.losses, { tolerance: logits, name: 'losses' })
    const count = batch.rows * batch.tokens
    const lift = liftGraph(model, count)
    const feeds = { ...only(lift), flow: [...results['flow']!] }
    const { gradient } = await run(lift, feeds)
    expectClose(gradient!, given.inputGradients.data, { tolerance: gradients })
    const squares = Array.from({ length: count }, (_, i) =>
      given.inputGradients.data
        .slice(i * model.embeddingSize, (i + 1) * model.embeddingSize)
        .reduce((sum, g) => sum + g * g, 0)
    )
    expectClose(results['squaredNorms']!, squares, { tolerance: gradients, name: 'squared norms' })
  })

  test.each(cases)('$name: the same where the vocabulary was mapped before', async (given) => {
    const { model, batch, only } = prepare(given)
    const graph = inputGradientGraph(model, batch)
    const map = mapGraph(model, given.sizes.V)
    const { mapped } = await run(map, only(map))
    const second = inputGradientGraph(model, batch, 'mapped')
    const feeds = { ...only(second), mapped: [...mapped!] }
    expect(feeds).not.toHaveProperty('vectors')
    const [ours, theirs] = [await run(second, feeds), await run(graph, only(graph))]
    for (const name of ['losses', 'flow', 'squaredNorms']) {
      expectClose(ours[name]!, [...theirs[name]!], { tolerance: logits, name })
    }
  })

  test.each(cases)('$name: gradients of the parameters', async (given) => {
    const { model, batch, only } = prepare(given)
    const graph = trainStepGraph(model, batch)
    const results = await run(graph, only(graph))
    // PyTorch freezes the row of [PAD], as training here does.
    const [ours, theirs] = [results['wordGradient']!, given.gradients['embedding']!.data].map(
      (all) => all.slice(given.sizes.D)
    )
    expectClose(ours!, theirs!, { tolerance: gradients, name: 'embedding' })
    for (const { name } of model.parameters) {
      const expected = given.gradients[name]!.data
      expectClose(results[gradientName(name)]!, expected, { tolerance: gradients, name })
    }
  })
})

test("the last layer's weight gradient is the outer product of features and logit gradient", () => {
  const { model, batch, only } = prepare(cases[0]!)
  const perRow = inputGradientGraph(model, batch)
  const { features, logitGradient } = evaluate(perRow, only(perRow))
  const [rows, filters] = features!.shape as [number, number]
  const classes = model.classes
  const sum = new Float64Array(filters * classes)
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < filters * classes; i++) {
      const feature = features!.data[row * filters + Math.floor(i / classes)]!
      sum[i]! += (feature * logitGradient!.data[row * classes + (i % classes)]!) / rows
    }
  }
  const expected = cases[0]!.gradients[model.lastLayer]!.data
  expectClose(sum, expected, { tolerance: 1e-7 })
})

test('padding a batch further changes no logit', async () => {
  const given = cases[0]!
  const wider = {
    ...given,
    sizes: { ...given.sizes, T: given.sizes.T + 7 },
    ids: given.ids.map((ids) => [...ids, ...new Array<number>(7).fill(0)])
  }
  const { model, batch, only } = prepare(wider)
  const graph = predictGraph(model, batch)
  const logits = evaluate(graph, only(graph))['logits']!.data
  expect([...logits].length).toBe(given.logits.flat().length)
  expectClose(logits, given.logits.flat(), { tolerance: 1e-8 })
})
