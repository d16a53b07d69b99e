/**
 * The encoders beside PyTorch, on two threads: train step, input gradient and prediction of the BERTs
 * that the presets name, without dropout and clipping, in batches of 32 texts of one length; and ten
 * rounds side by side in worker threads, beside ten trainings one after the other.
 */
import { onnxruntimeExecutor } from '../../src-main/executors/onnxruntime.ts'
import type { Tensors } from '../../src-main/executors/executor.ts'
import type { LabelledTexts } from '../../src-main/gradients/extractor.ts'
import { workerEntry } from '../../src-main/installation.ts'
import { runPool } from '../../src-main/jobs/pool.ts'
import { BatchRunner, lookUpIn } from '../../src-main/models/batch-runner.ts'
import { inputGradientGraph, predictGraph, trainStepGraph } from '../../src-main/models/graphs.ts'
import type { Model } from '../../src-main/models/model.ts'
import { models } from '../../src-main/models/models.ts'
import { embeddingName, initialParameters } from '../../src-main/models/parameters.ts'
import type { Task, TaskResult, WorkerData } from '../../src-main/pipeline/worker.ts'
import type { EncodedText } from '../../src-main/tokens/encode.ts'
import { trainingPresets } from '../../src-main/training/presets.ts'
import { adamW } from '../../src-main/training/settings.ts'
import { HostStepper } from '../../src-main/training/host-stepper.ts'
import { batchOf, classes, drawTexts, words } from './data.ts'
import type { Case, Work } from './measure.ts'

const batchSize = 32
const threads = 2
const executor = onnxruntimeExecutor({ threads })

const sizes = ['tiny', 'mini', 'small'] as const
type Size = (typeof sizes)[number]

const sizesOf = (size: Size) => models.bert.presets[`bert-${size}`]!
const peerModels = ['sdpa', 'products', 'transformers']
const trainPeers = [
  ...peerModels.map((model) => `${model} adamw-dense`),
  'sdpa adamw-sparse',
  'products adamw-sparse'
]

const start = (model: Model) => initialParameters(model, { words, embeddingLimit: 0.035, seed: 1 })

/** The rows of consecutive batches, and their classes. */
function batches(tokens: number): () => { texts: EncodedText[]; classes: number[] } {
  const { texts, classes: labels } = drawTexts(16 * batchSize, tokens, { seed: 1, special: true })
  const batchLabels = Array.from({ length: batchSize }, (_, row) => labels[row]!)
  let turn = 0
  return () => ({ texts: batchOf(texts, turn++, batchSize), classes: batchLabels })
}

type Prepare = (model: Model, parameters: Tensors, tokens: number) => Work

/** A whole step of AdamW, with the update of all weights. */
const trainStep: Prepare = (model, parameters, tokens) => {
  const runner = new BatchRunner({ model, executor, graph: trainStepGraph, rows: batchSize })
  const stepper = new HostStepper(model, parameters, { optimizer: adamW, runner })
  const rowWeight = new Float32Array(batchSize).fill(1 / batchSize)
  const next = batches(tokens)
  let step = 0
  return {
    run: async () =>
      void (await stepper.step({ ...next(), step: ++step, rowWeight, learningRate: 1e-3 })),
    dispose: () => runner.dispose()
  }
}

/** As gradients are extracted: weights built into the graph, words looked up in it. */
const inputGradient: Prepare = (model, { [embeddingName]: table, ...constants }, tokens) => {
  const runner = new BatchRunner({
    model,
    executor,
    graph: (of, shape) => inputGradientGraph(of, shape, 'mapped'),
    rows: batchSize,
    constants,
    vocabulary: words
  })
  const next = batches(tokens)
  return {
    async run() {
      const { texts, classes } = next()
      await runner.run(await runner.prepare(texts), { classes, feeds: { mapped: table! } })
    },
    dispose: () => runner.dispose()
  }
}

const prediction: Prepare = (model, parameters, tokens) => {
  const runner = new BatchRunner({ model, executor, graph: predictGraph, rows: batchSize })
  const lookUp = lookUpIn(parameters[embeddingName]!, model.embeddingSize)
  const next = batches(tokens)
  return {
    async run() {
      await runner.run(await runner.prepare(next().texts), { lookUp, feeds: parameters })
    },
    dispose: () => runner.dispose()
  }
}

const kinds: Record<string, { title: string; prepare: Prepare; peers: string[]; most?: number }> = {
  train: { title: 'train step', prepare: trainStep, peers: trainPeers, most: 1 },
  'input-gradient': {
    title: 'input gradient',
    prepare: inputGradient,
    peers: peerModels,
    most: 0.8
  },
  prediction: { title: 'prediction', prepare: prediction, peers: peerModels }
}

function caseOf(kind: string, size: Size, tokens: number): Case {
  const { title, prepare, peers, most } = kinds[kind]!
  return {
    name: `${title} BERT ${size}, ${tokens} tokens`,
    rows: batchSize,
    ...(most && { target: { ratio: most } }),
    peers: {
      script: 'encoder.py',
      threads,
      names: peers.map((peer) => `${kind} ${size} T=${tokens} ${peer}`)
    },
    prepare: () => {
      const model = models.bert.create(sizesOf(size), classes)
      return Promise.resolve(prepare(model, start(model), tokens))
    }
  }
}

const roundCount = 10
/** As many as in encoder.py. */
const roundRows = 1280

/** Ten rounds of one epoch in two worker threads, with the start of the threads. */
function rounds(size: Size, tokens: number): Case {
  const peers = trainPeers.map((peer) => `rounds ${size} T=${tokens} ${peer}`)
  return {
    name: `ten rounds of BERT ${size}, ${roundRows.toLocaleString('en')} rows of ${tokens} tokens`,
    target: { ratio: 0.7 },
    runsOnce: true,
    peers: { script: 'encoder.py', threads, names: peers },
    prepare() {
      const data = roundData(size, tokens)
      const tasks = Array.from({ length: roundCount }, (_, seed) => {
        return { kind: 'round', key: `${seed}`, seed, edits: [] } satisfies Task<'round'>
      })
      const worker = workerEntry('worker')
      return Promise.resolve({
        run: () =>
          runPool<WorkerData, Task<'round'>, TaskResult<'round'>>({ worker, data, tasks, threads }),
        dispose: () => Promise.resolve()
      })
    }
  }
}

function roundData(size: Size, tokens: number): WorkerData {
  const trainingSet = ({ texts, classes }: LabelledTexts, count: number) => ({
    texts,
    classes: Int32Array.from(classes),
    rows: Int32Array.from({ length: count }, (_, row) => row),
    weights: new Float32Array(count).fill(1)
  })
  const draw = (count: number, seed: number) =>
    trainingSet(drawTexts(count, tokens, { seed, special: true }), count)
  return {
    model: { name: 'bert', sizes: sizesOf(size), classes },
    pretrained: null,
    words,
    settings: { ...trainingPresets('bert', false).adamw, epochs: 1, clipNorm: null, dropout: 0 },
    device: 'cpu',
    operatorThreads: 1,
    training: draw(roundRows, 1),
    heldOut: draw(64, 9)
  }
}

export const encoderCases: readonly Case[] = [
  ...sizes.flatMap((size) =>
    [64, 128].flatMap((tokens) => Object.keys(kinds).map((kind) => caseOf(kind, size, tokens)))
  ),
  rounds('tiny', 64)
]
