/** What is measured of TextCNN; all of it on one onnxruntime thread. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onnxruntimeExecutor } from '../../src-main/executors/onnxruntime.ts'
import type { Tensors } from '../../src-main/executors/executor.ts'
import type { LabelledTexts } from '../../src-main/gradients/extractor.ts'
import { GradientExtractor, extractAll } from '../../src-main/gradients/extractor.ts'
import { openGradients, writeGradients } from '../../src-main/gradients/gradient-files.ts'
import { checkpointView } from '../../src-main/influence/checkpoint-view.ts'
import type { MethodName } from '../../src-main/influence/method-names.ts'
import { methods } from '../../src-main/influence/methods.ts'
import type { CheckpointView } from '../../src-main/influence/query.ts'
import { topPositions } from '../../src-main/influence/word-terms.ts'
import { BatchRunner, lookUpIn } from '../../src-main/models/batch-runner.ts'
import { inputGradientGraph, trainStepGraph } from '../../src-main/models/graphs.ts'
import type { Model } from '../../src-main/models/model.ts'
import { embeddingName, initialParameters } from '../../src-main/models/parameters.ts'
import type { OptimizerSettings } from '../../src-main/training/optimizers.ts'
import { Predictor } from '../../src-main/training/predict.ts'
import { adamW } from '../../src-main/training/settings.ts'
import { HostStepper } from '../../src-main/training/host-stepper.ts'
import { batchOf, classes, drawTexts, embeddingSize, modelOf, words } from './data.ts'
import type { Case, Peers } from './measure.ts'

const batchSize = 32
const trainingRows = 10_000
const executor = onnxruntimeExecutor({ threads: 1 })

const optimizers = {
  SGD: {
    settings: { kind: 'sgd', momentum: 0.9 },
    peers: ['sgd-dense-fused', 'sgd-sparse-lazy']
  },
  AdamW: { settings: adamW, peers: ['adamw-dense-fused', 'adamw-sparse'] }
} satisfies Record<string, { settings: OptimizerSettings; peers: string[] }>

const peerModels = ['conv1d', 'channels-last', 'shifted']
const peersOf = (names: readonly string[]): Peers => ({ script: 'text_cnn.py', threads: 1, names })

/** Parameters as training starts with them. */
const start = (model: Model, seed: number) =>
  initialParameters(model, { words, embeddingLimit: 0.01, seed })

/** A whole training step: catching up, looking up, the graph's run, both updates. */
function trainStep(
  filters: number,
  tokens: number,
  kind: keyof typeof optimizers
): Pick<Case, 'name' | 'prepare'> {
  return {
    name: `train step F=${filters} ${kind}, ${tokens} tokens`,
    async prepare() {
      const model = modelOf(filters)
      const { texts, classes: labels } = drawTexts(64 * batchSize, tokens, { seed: 1 })
      const runner = new BatchRunner({ model, executor, graph: trainStepGraph, rows: batchSize })
      const stepper = new HostStepper(model, start(model, 1), {
        optimizer: optimizers[kind].settings,
        runner
      })
      const rowWeight = new Float32Array(batchSize).fill(1 / batchSize)
      const classesOfBatch = Array.from({ length: batchSize }, (_, i) => labels[i]!)
      let turn = 0
      return {
        async run() {
          const batch = batchOf(texts, turn++, batchSize)
          await stepper.step({
            step: turn,
            texts: batch,
            classes: classesOfBatch,
            rowWeight,
            learningRate: 1e-3
          })
        },
        dispose: () => runner.dispose()
      }
    }
  }
}

function inputGradient(filters: number, tokens: number): Case {
  return {
    name: `input gradient F=${filters}, ${tokens} tokens`,
    rows: batchSize,
    peers: peersOf(
      peerModels.map((model) => `input-gradient F=${filters} rows=${batchSize} ${model}`)
    ),
    async prepare() {
      const model = modelOf(filters)
      const { texts, classes: labels } = drawTexts(16 * batchSize, tokens, { seed: 1 })
      const { [embeddingName]: table, ...constants } = start(model, 1)
      const runner = new BatchRunner({
        model,
        executor,
        graph: inputGradientGraph,
        rows: batchSize,
        constants
      })
      const lookUp = lookUpIn(table!, embeddingSize)
      const classesOfBatch = Array.from({ length: batchSize }, (_, i) => labels[i]!)
      let turn = 0
      return {
        async run() {
          const batch = batchOf(texts, turn++, batchSize)
          await runner.run(await runner.prepare(batch), { lookUp, classes: classesOfBatch })
        },
        dispose: () => runner.dispose()
      }
    }
  }
}

/** Gradients of the whole training set at one checkpoint: top-10 positions, written to a store. */
function extraction(filters: number, tokens: number): Case {
  return {
    name: `extraction to a store F=${filters}, ${tokens} tokens`,
    rows: trainingRows,
    target: { rowsPerSecond: 12_000 },
    async prepare() {
      const model = modelOf(filters)
      const training = drawTexts(trainingRows, tokens, { seed: 1, special: true })
      const extractor = new GradientExtractor(model, start(model, 1), executor)
      const folder = mkdtempSync(join(tmpdir(), 'erratum-bench-'))
      return {
        run: () =>
          writeGradients(folder, extractor, training, {
            positions: topPositions,
            size: embeddingSize
          }),
        async dispose() {
          await extractor.dispose()
          rmSync(folder, { recursive: true })
        }
      }
    }
  }
}

/** A checkpoint whose gradients are in a folder of their own. */
async function viewOf(
  folder: string,
  parameters: Tensors,
  training: LabelledTexts,
  filters: number
) {
  const model = modelOf(filters)
  const extractor = new GradientExtractor(model, parameters, executor)
  mkdirSync(folder)
  await writeGradients(folder, extractor, training, {
    positions: topPositions,
    size: embeddingSize
  })
  const gradients = await openGradients(folder, {
    count: trainingRows,
    classes,
    size: embeddingSize,
    positions: extractor.ruleFor(topPositions)
  })
  const view = (example: LabelledTexts): CheckpointView =>
    checkpointView({ learningRate: 1e-3, extractor, gradients, training, example })
  const close = async () => {
    gradients.store.close()
    await extractor.dispose()
  }
  return { extractor, view, close }
}

/**
 * Which rows of the training set have moved an example's prediction, over three checkpoints. The
 * example's own gradients are a case of their own; to a method they are given.
 */
function query(filters: number, tokens: number, part: MethodName | 'example'): Case {
  const what = part === 'example' ? 'gradients of the example' : `query of 10,000 rows by ${part}`
  return {
    name: `${what} F=${filters}, ${tokens} tokens`,
    ...(part === 'example' ? {} : { target: { ms: 20 } }),
    async prepare() {
      const training = drawTexts(trainingRows, tokens, { seed: 1, special: true })
      const examples = drawTexts(50, tokens, { seed: 9, special: true })
      const folder = mkdtempSync(join(tmpdir(), 'erratum-bench-'))
      const views: Awaited<ReturnType<typeof viewOf>>[] = []
      for (const seed of [1, 2, 3]) {
        const parameters = start(modelOf(filters), seed)
        views.push(await viewOf(join(folder, String(seed)), parameters, training, filters))
      }
      const indices = Array.from({ length: 50 }, (_, i) => i)
      const gradients = await Promise.all(
        views.map(({ extractor }) => extractAll(extractor, examples, indices, topPositions))
      )
      let turn = 0
      const score = async (method: MethodName) => {
        const n = turn++ % 50
        const checkpoints = views.map(({ view }, c) => ({
          ...view(examples),
          example: async () => gradients[c]![n]!
        }))
        await methods[method].score({ training, checkpoints, seed: 1 })
      }
      const example = async () => {
        const n = turn++ % 50
        for (const { extractor } of views) await extractAll(extractor, examples, [n], topPositions)
      }
      return {
        run: () => (part === 'example' ? example() : score(part)),
        async dispose() {
          for (const { close } of views) await close()
          rmSync(folder, { recursive: true })
        }
      }
    }
  }
}

function prediction(filters: number, tokens: number): Case {
  return {
    name: `prediction F=${filters}, ${tokens} tokens`,
    rows: trainingRows,
    async prepare() {
      const model = modelOf(filters)
      const { texts } = drawTexts(trainingRows, tokens, { seed: 1 })
      const parameters = start(model, 1)
      const predictor = new Predictor(model, executor)
      return {
        run: async () => void (await predictor.predict(texts, parameters)),
        dispose: () => predictor.dispose()
      }
    }
  }
}

/** With PyTorch's variants, which are of 48 tokens. */
function comparedTrainStep(filters: number, kind: keyof typeof optimizers): Case {
  return {
    ...trainStep(filters, 48, kind),
    ...(filters === 10 ? { target: { ms: 2.5 } } : {}),
    peers: peersOf(
      peerModels.flatMap((model) =>
        optimizers[kind].peers.map((optimizer) => `train F=${filters} ${model} ${optimizer}`)
      )
    )
  }
}

export const cases: readonly Case[] = [
  comparedTrainStep(10, 'SGD'),
  comparedTrainStep(10, 'AdamW'),
  comparedTrainStep(50, 'SGD'),
  comparedTrainStep(50, 'AdamW'),
  trainStep(10, 24, 'SGD'),
  trainStep(10, 24, 'AdamW'),
  inputGradient(10, 48),
  extraction(10, 48),
  extraction(10, 24),
  query(10, 24, 'tracin-we-topk'),
  query(10, 24, 'tracin-we-adam'),
  query(10, 24, 'example'),
  query(10, 48, 'tracin-we-topk'),
  query(10, 48, 'tracin-we-adam'),
  query(10, 48, 'example'),
  prediction(10, 48)
]
