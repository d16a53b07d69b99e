/** The whole core on 20 sentences: a tour, and the first test to run when something is wrong. */
import { mkdtempSync, mkdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Tensors } from '../src-main/executors/executor.ts'
import { onnxruntimeExecutor } from '../src-main/executors/onnxruntime.ts'
import { applyEdits } from '../src-main/fix/apply.ts'
import { suggestEdits } from '../src-main/fix/suggest.ts'
import { GradientExtractor } from '../src-main/gradients/extractor.ts'
import { openGradients, writeGradients } from '../src-main/gradients/gradient-files.ts'
import { checkpointView } from '../src-main/influence/checkpoint-view.ts'
import { chooseCheckpoints } from '../src-main/influence/checkpoints.ts'
import { methods } from '../src-main/influence/methods.ts'
import type { InfluenceQuery } from '../src-main/influence/query.ts'
import { opponents } from '../src-main/influence/ranking.ts'
import { topPositions } from '../src-main/influence/word-terms.ts'
import { textCnn } from '../src-main/models/text-cnn.ts'
import { encodeAll } from '../src-main/tokens/encode.ts'
import { buildVocabulary, padId } from '../src-main/tokens/vocabulary.ts'
import { unrefined } from '../src-main/training/settings.ts'
import { Predictor } from '../src-main/training/predict.ts'
import type { EpochResult, TrainingSet } from '../src-main/training/trainer.ts'
import { Trainer } from '../src-main/training/trainer.ts'

const bad = 0
const good = 1
const sentences: [text: string, label: number][] = [
  ['a warm and funny film', good],
  ['a dull and lifeless film', bad],
  ['funny from start to end', good],
  ['lifeless from start to end', bad],
  ['the cast is a joy', good],
  ['the cast is a bore', bad],
  ['what a joy to watch', good],
  ['what a bore to watch', bad],
  ['warm , clever and moving', good],
  ['dull , clumsy and empty', bad],
  ['clever script , moving end', good],
  ['clumsy script , empty end', bad],
  ['I laughed and I cried', good],
  ['I yawned and I left', bad],
  ['a script full of charm', good],
  ['a script full of holes', bad],
  ['charm , wit and joy', good],
  ['holes , noise and bore', bad],
  ['wit in every scene', good],
  ['noise in every scene', bad]
]

const seed = 3
const model = textCnn({ embedding: 16, filters: 16, widths: [2, 2] }, 2)
const executor = onnxruntimeExecutor({ threads: 1 })
const vocabulary = buildVocabulary(
  sentences.map(([text]) => text),
  { minimumTexts: 1, maximumWords: 1000 }
)
const words = vocabulary.size

/** Row ids are numbers in a source file, of which other rows are held out. */
const data: TrainingSet = {
  texts: encodeAll(
    sentences.map(([text]) => [text]),
    vocabulary,
    12
  ),
  rows: Int32Array.from(sentences, (_, index) => 10 + 2 * index),
  classes: Int32Array.from(sentences, ([, label]) => label),
  weights: new Float32Array(sentences.length).fill(1)
}

/** The row whose label is wrong, and the example: a copy of it, with the right label. */
const wrong = 16
const { rows } = data
const wrongRow = rows[wrong]!
const example = { texts: encodeAll([[sentences[wrong]![0]]], vocabulary, 12), classes: [good] }
const spoilt = applyEdits(data, [{ kind: 'relabel', row: wrongRow, class: bad }])

const settings = {
  epochs: 20,
  batchSize: 4,
  learningRate: 0.02,
  finalShare: 0.1,
  embeddingLimit: 0.01,
  optimizer: { kind: 'adamw', betas: [0.9, 0.999], epsilon: 1e-8, weightDecay: 0.01 },
  maximumLength: 12,
  ...unrefined
} as const
const newTrainer = () => new Trainer(model, { words, settings, executor })

const folder = mkdtempSync(join(tmpdir(), 'erratum-tiny-'))
const trainer = newTrainer()
const predictor = new Predictor(model, executor)
const extractors: GradientExtractor[] = []
let epochs: (EpochResult & { parameters: Tensors })[]
let query: InfluenceQuery

async function train(set: TrainingSet): Promise<typeof epochs> {
  const results: typeof epochs = []
  await trainer.train(set, seed, {
    onEpoch: (result, parameters) => {
      results.push({ ...result, parameters: structuredClone(parameters) })
    }
  })
  return results
}

/** Probability of the example's true label. */
async function probability(parameters: Tensors): Promise<number> {
  return (await predictor.predict(example.texts, parameters))[good]!
}

/** What is asked of the methods: checkpoints of the training on `spoilt`, gradients on disk. */
async function prepareQuery(): Promise<InfluenceQuery> {
  const training = { texts: spoilt.texts, classes: spoilt.classes }
  const size = model.embeddingSize
  const sizes = { count: training.classes.length, classes: model.classes, size }
  const checkpoints = []
  for (const epoch of chooseCheckpoints(epochs, Math.log(model.classes), 3)) {
    const { parameters, learningRate } = epochs[epoch - 1]!
    const extractor = new GradientExtractor(model, parameters, executor)
    extractors.push(extractor)
    const path = join(folder, String(epoch))
    mkdirSync(path)
    await writeGradients(path, extractor, training, { positions: topPositions, size })
    const positions = extractor.ruleFor(topPositions)
    const gradients = await openGradients(path, { ...sizes, positions })
    checkpoints.push(checkpointView({ learningRate, extractor, gradients, training, example }))
  }
  return { training, checkpoints, seed }
}

beforeAll(async () => {
  epochs = await train(spoilt)
  query = await prepareQuery()
})

afterAll(async () => {
  await trainer.dispose()
  await predictor.dispose()
  for (const { store } of query.checkpoints) store.close()
  for (const extractor of extractors) await extractor.dispose()
  rmSync(folder, { recursive: true })
})

test('training reaches accuracy 1 and lowers the loss', async () => {
  const clean = await train(data)
  expect(clean.at(-1)!.accuracy).toBe(1)
  expect(clean.at(-1)!.loss).toBeLessThan(0.1)
  expect(clean.at(-1)!.step).toBe(settings.epochs * (sentences.length / settings.batchSize))
  const probabilities = await predictor.predict(data.texts, clean.at(-1)!.parameters)
  sentences.forEach(([text, label], i) => {
    expect(probabilities[2 * i + label], text).toBeGreaterThan(0.5)
  })
})

test('the row with the wrong label has taught its copy the wrong label', async () => {
  expect(await probability(epochs.at(-1)!.parameters)).toBeLessThan(0.5)
})

test.each([
  ['tracin-we-topk', 1],
  ['tracin-we', 1],
  // Looks past the words, at what the last layer sees: other rows may look the same to it.
  ['tracin-last', 3]
] as const)(
  '%s: the row with the wrong label is among the %i strongest opponents of its copy',
  async (method, count) => {
    const { scores } = await methods[method].score(query)
    expect(opponents(scores, count)).toContain(wrong)
  }
)

test('removing the row that is suggested and training again mends the example', async () => {
  const found = await methods['tracin-we-topk'].score(query)
  const [suggestion] = await suggestEdits(found, { action: 'remove', k: 1, rows, vocabulary })
  expect(suggestion!.edit).toEqual({ kind: 'remove', row: wrongRow })
  const retrained = await train(applyEdits(spoilt, [suggestion!.edit]))
  expect(await probability(retrained.at(-1)!.parameters)).toBeGreaterThan(0.5)
})

test('replacing the suggested words by [PAD] makes the true label more probable', async () => {
  const found = await methods['tracin-we-topk'].score(query)
  const suggestions = await suggestEdits(found, { action: 'pad', k: 2, rows, vocabulary })
  expect(suggestions[0]!.edit).toMatchObject({ kind: 'pad', row: wrongRow })
  const edited = applyEdits(
    spoilt,
    suggestions.map(({ edit }) => edit)
  )
  expect([...edited.texts.ids].filter((id) => id === padId).length).toBeGreaterThanOrEqual(2)
  const retrained = await train(edited)
  const before = await probability(epochs.at(-1)!.parameters)
  expect(await probability(retrained.at(-1)!.parameters)).toBeGreaterThan(before)
})

test('the same seed gives the same parameters to the bit, another seed others', async () => {
  const again = newTrainer()
  const same = await again.train(spoilt, seed)
  const before = epochs.at(-1)!.parameters
  for (const name in same) expect(same[name], name).toEqual(before[name])
  const other = await again.train(spoilt, seed + 1)
  await again.dispose()
  for (const name in other) expect(other[name], name).not.toEqual(before[name])
})
