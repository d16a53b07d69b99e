/** How much memory a training takes, told before it begins. */
import { input } from '../graph/build.ts'
import { peakBytes } from '../graph/memory.ts'
import { sizeOf } from '../graph/ir.ts'
import { paddedTokens, roomForWords } from '../models/batch-runner.ts'
import { trainStepGraph, trainedParameters } from '../models/graphs.ts'
import type { BatchShape, Model } from '../models/model.ts'
import type { EncodedTexts } from '../tokens/encode.ts'
import { textAt } from '../tokens/encode.ts'
import { batchesOf } from './batches.ts'
import type { TrainingSettings } from './settings.ts'

/** What decides it. */
export interface TrainingLoad {
  model: Model
  settings: TrainingSettings
  /** Rows of the embedding. */
  words: number
  texts: EncodedTexts
  /** Row ids of the texts. */
  rows: Int32Array
  seed: number
  /** Whether it starts from parameters that are given. */
  isPretrained: boolean
}

/**
 * What onnxruntime takes beyond the tensors of a graph (see `peakBytes`), compiling, and the graphs
 * that predict, as a factor. With it, trainings of BERT mini and of a MiniLM (64 tokens) took 1.09 and
 * 1.03 times what was told, beside about 0.35 GB of the program itself.
 */
const overhead = 1.4

/** Epochs that are looked through: later ones bring few shapes that are new. */
const epochsAhead = 2

/**
 * Bytes that a training takes beside the program itself, about: the parameters, what the optimizer
 * keeps of each, and a compiled step for every shape of batch, which keeps its memory to the end.
 */
export function trainingBytes(load: TrainingLoad): number {
  const { model, settings } = load
  const { dropout, frozenLayers } = settings
  const parameters = bytesOf(model.parameters)
  return stepShapes(load).reduce((sum, shape) => {
    const graph = trainStepGraph(model, shape, {
      frozenLayers,
      ...(dropout > 0 && { mask: input })
    })
    // The parameters are inputs of every step, and there once.
    return sum + overhead * (peakBytes(graph) - parameters)
  }, keptBytes(load))
}

/** The shapes of batch that a training meets, each once. */
export function stepShapes(load: Omit<TrainingLoad, 'words' | 'isPretrained'>): BatchShape[] {
  const { model, settings, texts, rows, seed } = load
  const { batchSize, accumulation, epochs } = settings
  const size = Math.ceil(batchSize / accumulation)
  const tokens = Int32Array.from({ length: rows.length }, (_, i) =>
    paddedTokens(model, texts.offsets[i + 1]! - texts.offsets[i]!)
  )
  const room = roomForWords(model)
  const shapes = new Map<string, BatchShape>()
  for (let epoch = 1; epoch <= Math.min(epochs, epochsAhead); epoch++) {
    for (const batch of batchesOf({ tokens, rows, batchSize, seed }, epoch)) {
      for (let start = 0; start < batch.length; start += size) {
        const part = batch.slice(start, start + size)
        const sizes = { rows: size, tokens: Math.max(...part.map((text) => tokens[text]!)) }
        const shape = { ...sizes, words: room(sizes, distinctWords(texts, part)) }
        shapes.set(`${shape.tokens} ${shape.words}`, shape)
      }
    }
  }
  return [...shapes.values()]
}

/** Distinct tokens of some texts, [PAD] among them. */
function distinctWords(texts: EncodedTexts, batch: readonly number[]): number {
  const words = new Set([texts.padId])
  for (const text of batch) for (const id of textAt(texts, text).ids) words.add(id)
  return words.size
}

/** Bytes that are there between the steps. */
function keptBytes({ model, settings, words, isPretrained }: TrainingLoad): number {
  const { optimizer, frozenLayers, accumulation } = settings
  const perWeight = optimizer.kind === 'adamw' ? 2 : 1
  const table = 4 * words * model.embeddingSize
  const all = table + bytesOf(model.parameters)
  const trained = bytesOf(trainedParameters(model, frozenLayers))
  return (
    all * (isPretrained ? 2 : 1) +
    perWeight * trained +
    // The table that is trained is another copy.
    (frozenLayers > 0 ? 0 : (1 + perWeight) * table) +
    (accumulation > 1 ? trained : 0)
  )
}

function bytesOf(parameters: Model['parameters']): number {
  return parameters.reduce((sum, { shape }) => sum + 4 * sizeOf(shape), 0)
}
