import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readTensors } from '../../src-main/files/safetensors.ts'
import { onnxruntimeExecutor } from '../../src-main/executors/onnxruntime.ts'
import { evaluate } from '../../src-main/executors/reference.ts'
import type { Graph } from '../../src-main/graph/ir.ts'
import { inputsOf, sizeOf } from '../../src-main/graph/ir.ts'
import { BatchRunner } from '../../src-main/models/batch-runner.ts'
import { inputGradientGraph, predictGraph, trainStepGraph } from '../../src-main/models/graphs.ts'
import { HostStepper } from '../../src-main/training/host-stepper.ts'
import { encoderNames, goldenEncoder, startOf, textsOf } from '../support/encoders.ts'
import { expectClose } from '../support/golden.ts'

type Golden = Awaited<ReturnType<typeof goldenEncoder>>

/** What a graph of the golden batch is fed, whose whole table stands for the words of the batch. */
function feedsOf({ given, model, parameters }: Golden) {
  const { ids, labels } = given.batch
  const batch = { rows: ids.length, tokens: ids[0]!.length, words: given.batch.ids.length }
  const words = parameters['embedding']!.length / model.embeddingSize
  const shape = { ...batch, words }
  const bounds = textsOf(given.batch).map((text) => ({
    length: text.ids.length,
    second: text.second
  }))
  const feeds: Record<string, ArrayLike<number>> = {
    ...parameters,
    vectors: parameters['embedding']!,
    slots: ids.flat(),
    target: labels.flatMap((label) => given.labels.map((_, c) => +(c === label)))
  }
  for (const extra of model.derivedInputs) {
    const into = new Float32Array(sizeOf(extra.shape(shape)))
    extra.fill(into, bounds, shape)
    feeds[extra.name] = into
  }
  return { shape, feeds }
}

const executors = [
  {
    // What is left are the golden values' nine digits, and weights rounded to float32.
    name: 'reference',
    tolerance: 1e-7,
    async run(graph: Graph, feeds: Record<string, ArrayLike<number>>) {
      const own = Object.fromEntries(
        [...inputsOf(graph).keys()].map((name) => [name, feeds[name]!])
      )
      const results = Object.entries(evaluate(graph, own))
      return Object.fromEntries(results.map(([name, { data }]) => [name, data]))
    }
  },
  {
    name: 'onnxruntime cpu',
    tolerance: 1e-5,
    async run(graph: Graph, feeds: Record<string, ArrayLike<number>>) {
      const executable = await onnxruntimeExecutor({ threads: 1 }).compile(graph)
      const tensors = Object.entries(feeds).map(([name, data]) => [name, Float32Array.from(data)])
      const results = await executable.run(Object.fromEntries(tensors))
      await executable.dispose()
      return results
    }
  }
]

describe.each(executors)('on $name transformers agrees on', ({ tolerance, run }) => {
  test.each(encoderNames)('the logits of %s', async (name) => {
    const golden = await goldenEncoder(name)
    const { shape, feeds } = feedsOf(golden)
    const { logits } = await run(predictGraph(golden.model, shape), feeds)
    expectClose(logits!, golden.given.batch.logits.flat(), { tolerance, name: 'logits' })
  })

  test.each(encoderNames)('the gradients of %s by embedded words', async (name) => {
    const golden = await goldenEncoder(name)
    const { shape, feeds } = feedsOf(golden)
    const results = await run(inputGradientGraph(golden.model, shape), feeds)
    const { losses, inputGradients } = golden.given.batch
    expectClose(results['losses']!, losses, { tolerance, name: 'losses' })
    const expected = inputGradients.data
    expectClose(results['flow']!, expected, { tolerance, name: 'gradients' })
    const size = golden.model.embeddingSize
    const squares = Array.from({ length: expected.length / size }, (_, i) =>
      expected.slice(i * size, (i + 1) * size).reduce((sum, g) => sum + g * g, 0)
    )
    expectClose(results['squaredNorms']!, squares, { tolerance, name: 'squared norms' })
  })
})

/** Takes the golden steps; each is worked out in parts of `rows`. */
async function trained(golden: Golden, rows: number) {
  const { given, model } = golden
  const { training } = given
  const runner = new BatchRunner({
    model,
    executor: onnxruntimeExecutor({ threads: 1 }),
    graph: trainStepGraph,
    rows
  })
  const { betas, eps: epsilon, weightDecay, clipNorm } = training
  const optimizer = { kind: 'adamw', betas, epsilon, weightDecay } as const
  const stepper = new HostStepper(model, startOf(golden), { optimizer, runner, clipNorm })
  const texts = textsOf(training.rows)
  const losses: number[] = []
  for (const [step, batch] of training.batches.entries()) {
    const rowWeight = new Float32Array(batch.length).fill(1 / batch.length)
    const [outcome] = await stepper.step({
      texts: batch.map((row) => texts[row]!),
      classes: batch.map((row) => training.rows.labels[row]!),
      rowWeight,
      learningRate: training.learningRates[step]!,
      step
    })
    losses.push(outcome!.losses.reduce((sum, loss) => sum + loss, 0) / batch.length)
  }
  await stepper.settle()
  await runner.dispose()
  return { losses, parameters: stepper.parameters }
}

/** The keys' biases shift all scores alike: their gradient is rounding, of which AdamW makes steps. */
function withoutKeyBias(name: string, values: ArrayLike<number>, { sizes }: Golden['given']) {
  const { hidden } = sizes
  const isKey = (i: number) => /attention\.bias$/.test(name) && i >= hidden && i < 2 * hidden
  return Array.from(values).filter((_, i) => !isKey(i))
}

describe.each([
  ['at once', 4],
  ['in two parts', 2],
  ['in parts of unequal size', 3]
])('20 steps of AdamW, each %s, end where transformers ends', (_, rows) => {
  test.each(encoderNames)('%s', async (name) => {
    const golden = await goldenEncoder(name)
    const { losses, parameters } = await trained(golden, rows)
    expectClose(losses, golden.given.training.losses, { tolerance: 1e-5, name: 'losses' })
    const file = `../parity/golden/encoders/${name}-trained.safetensors`
    const { tensors } = await readTensors(join(import.meta.dirname, file), '')
    expect([...tensors.keys()].toSorted()).toEqual(Object.keys(parameters).toSorted())
    for (const [parameter, { data }] of tensors) {
      const [own, theirs] = [parameters[parameter]!, data].map((values) =>
        withoutKeyBias(parameter, values, golden.given)
      )
      expectClose(own!, theirs!, { tolerance: 1e-5, name: parameter })
    }
  })
})
