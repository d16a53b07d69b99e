/**
 * Holds Erratum to transformers on a real checkpoint: ids, last hidden states and sentence embeddings
 * of all-MiniLM-L6-v2. `python3 test/results/minilm.py FOLDER`, then
 * `node --import tsx test/results/minilm.ts FOLDER`.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { openCheckpoint } from '../../src-main/checkpoints/open.ts'
import { onnxruntimeExecutor } from '../../src-main/executors/onnxruntime.ts'
import type { Graph } from '../../src-main/graph/ir.ts'
import { topological } from '../../src-main/graph/ir.ts'
import { BatchRunner, lookUpIn } from '../../src-main/models/batch-runner.ts'
import { predictGraph } from '../../src-main/models/graphs.ts'
import type { BatchShape, Model } from '../../src-main/models/model.ts'
import { models } from '../../src-main/models/models.ts'
import { initialParameters } from '../../src-main/models/parameters.ts'
import { modelIn, openPieces } from '../../src-main/pipeline/pretrained.ts'

interface Expected {
  texts: string[]
  ids: number[][]
  states: number[]
  embeddings: number[][]
}

const [folder] = process.argv.slice(2) as [string]
const expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as Expected
const opened = await openCheckpoint(folder)
const pieces = await openPieces(folder)
const { name, sizes } = modelIn(opened)
const model = models[name].create(sizes, 2)
const start = { words: opened.words, embeddingLimit: 1, seed: 0, given: opened.tensors }
const { embedding, ...feeds } = initialParameters(model, start)

/** The last layer has states for the first token alone; with a layer more it has them for all. */
const taller = models[name].create({ ...sizes, layers: sizes['layers']! + 1 }, 2)

/** What the last layer of the checkpoint gives, which is what the two norms of the next one follow. */
function statesGraph(_: Model, batch: BatchShape): Graph {
  const { logits } = predictGraph(taller, batch).outputs
  const norms = topological([logits!]).filter(({ op }) => op === 'LayerNormalization')
  return { name: 'states', outputs: { states: norms.at(-3)!.outputs[0]! } }
}

const executor = onnxruntimeExecutor({ threads: 2 })
const runner = new BatchRunner({ model, executor, graph: statesGraph, rows: 1 })
const worst = { states: 0, embeddings: 0 }
for (const [i, text] of expected.texts.entries()) {
  const { ids, secondFrom } = pieces.encode([text], 512)
  if (ids.join() !== expected.ids[i]!.join()) throw new Error(`Other ids for “${text}”.`)
  const batch = await runner.prepare([{ ids: Int32Array.from(ids), second: secondFrom }])
  const lookUp = lookUpIn(embedding!, model.embeddingSize)
  const { states } = await runner.run(batch, { lookUp, feeds })
  const width = sizes['hidden']!
  if (i === 0) worst.states = largestDifference(states!, expected.states)
  const mean = Array.from({ length: width }, (_, d) => {
    return ids.reduce((sum, _id, at) => sum + states![at * width + d]!, 0) / ids.length
  })
  worst.embeddings = Math.max(worst.embeddings, largestDifference(mean, expected.embeddings[i]!))
}
await runner.dispose()
console.log(`ids equal; largest difference of the states ${worst.states.toExponential(1)},`)
console.log(`of the sentence embeddings ${worst.embeddings.toExponential(1)}`)

function largestDifference(ours: ArrayLike<number>, theirs: readonly number[]): number {
  return theirs.reduce((most, value, i) => Math.max(most, Math.abs(value - ours[i]!)), 0)
}
