/** Whole steps of models, on texts and parameters that are drawn: what executors are compared on. */
import type { Tensors } from '../../src-main/executors/executor.ts'
import type { Graph } from '../../src-main/graph/ir.ts'
import { inputsOf, sizeOf } from '../../src-main/graph/ir.ts'
import { encoder } from '../../src-main/models/encoder.ts'
import { inputGradientGraph, trainStepGraph } from '../../src-main/models/graphs.ts'
import type { BatchShape, Model } from '../../src-main/models/model.ts'
import { embeddingName, initialParameters } from '../../src-main/models/parameters.ts'
import { textCnn } from '../../src-main/models/text-cnn.ts'
import { hash32, hashString, normalStream, uniformStream } from '../../src-main/random.ts'

export const stepKinds = ['train step', 'input gradient'] as const
export type StepKind = (typeof stepKinds)[number]

export interface WholeStep {
  readonly graph: Graph
  /** What the graph is fed, parameters among it. */
  readonly feeds: Tensors
  /** Names of the feeds that are parameters. */
  readonly parameters: readonly string[]
}

/** Small enough for the reference executor. */
export const smallModels = [
  {
    name: 'TextCNN',
    model: textCnn({ embedding: 12, filters: 8, widths: [3, 2] }, 3),
    batch: { rows: 5, tokens: 12, words: 20 }
  },
  {
    name: 'BERT',
    model: encoder(
      'bert',
      {
        ...{ embedding: 16, hidden: 16, layers: 2, heads: 2, intermediate: 32 },
        ...{ positions: 20, types: 2, normEpsilon: 1e-12, padId: 0 }
      },
      3
    ),
    batch: { rows: 4, tokens: 10, words: 20 }
  }
]

const graphs = { 'train step': trainStepGraph, 'input gradient': inputGradientGraph }

/**
 * One step of a batch of texts of different lengths. Parameters are as training starts with them and
 * a little off, so that none is 0 or 1 throughout.
 */
export function wholeStep(model: Model, kind: StepKind, batch: BatchShape): WholeStep {
  const graph = graphs[kind](model, batch)
  const { [embeddingName]: vectors, ...parameters } = initialParameters(model, {
    words: batch.words,
    embeddingLimit: 0.5,
    seed: 1
  })
  for (const [name, values] of Object.entries(parameters)) {
    const normal = normalStream(hash32(1, hashString(name)))
    for (let i = 0; i < values.length; i++) values[i]! += 0.02 * normal()
  }
  const all: Tensors = { ...parameters, vectors: vectors!, ...drawnTexts(model, batch) }
  const names = [...inputsOf(graph).keys()]
  return {
    graph,
    feeds: Object.fromEntries(names.map((name) => [name, all[name]!])),
    parameters: names.filter((name) => name in parameters)
  }
}

function drawnTexts(model: Model, batch: BatchShape): Tensors {
  const { rows, tokens, words } = batch
  const uniform = uniformStream(2)
  const below = (count: number) => Math.floor(uniform() * count)
  const bounds = Array.from({ length: rows }, () => {
    const length = model.minimumTokens + below(tokens - model.minimumTokens + 1)
    return { length, second: 1 + below(length) }
  })
  const target = new Float32Array(rows * model.classes)
  for (let row = 0; row < rows; row++) target[row * model.classes + below(model.classes)] = 1
  const derived = model.derivedInputs.map(({ name, shape, fill }) => {
    const into = new Float32Array(sizeOf(shape(batch)))
    fill(into, bounds, batch)
    return [name, into] as const
  })
  return {
    slots: Float32Array.from({ length: rows * tokens }, () => below(words)),
    target,
    rowWeight: new Float32Array(rows).fill(1 / rows),
    ...Object.fromEntries(derived)
  }
}
