/** What is compiled to train with the numbers on a device, for one training after the other. */
import type { DeviceMemory, Executable, Executor } from '../executors/executor.ts'
import {
  add,
  constant,
  gather,
  indicator,
  input,
  matmul,
  mul,
  neg,
  relu,
  reshape,
  slice,
  sub
} from '../graph/build.ts'
import type { Graph, Shape, Value } from '../graph/ir.ts'
import { inputsOf } from '../graph/ir.ts'
import { gradientName, trainedParameters } from '../models/graphs.ts'
import type { Model, ParameterSpec } from '../models/model.ts'
import { embeddingName } from '../models/parameters.ts'
import type { OutcomeSizes } from './device-outcomes.ts'
import { keepingOutcomes, outcomesName } from './device-outcomes.ts'
import { createOptimizer } from './optimizers.ts'
import type { TrainingSettings } from './settings.ts'
import {
  lookUpGraph,
  nextName,
  rowUpdateGraph,
  stateName,
  sumOfSquares,
  updateGraph
} from './update-graph.ts'

/** Name of the sum of a parameter's gradients, of the parts of a step. */
export const sumName = (parameter: string) => `sum.${parameter}`

export interface DeviceGraphsOptions {
  model: Model
  settings: TrainingSettings
  /** Rows of the embedding. */
  words: number
}

export class DeviceGraphs {
  readonly memory: DeviceMemory
  readonly sizes: OutcomeSizes
  /** Parameters that each step changes as a whole. */
  readonly trained: readonly ParameterSpec[]
  /** Those and what the optimizer keeps of them, with their shapes. */
  readonly changed: ReadonlyMap<string, Shape>
  readonly #options: DeviceGraphsOptions
  readonly #rules
  readonly #table: Shape
  readonly #compiled = new Map<string, Promise<Executable>>()

  constructor(memory: DeviceMemory, options: DeviceGraphsOptions) {
    const { model, settings, words } = options
    this.memory = memory
    this.#options = options
    const { denseRule: dense, rowRule: row } = createOptimizer(settings.optimizer)
    this.#rules = { dense, row }
    this.#table = [words, model.embeddingSize]
    this.trained = trainedParameters(model, settings.frozenLayers)
    this.sizes = {
      rows: Math.ceil(settings.batchSize / settings.accumulation),
      classes: model.classes,
      parts: settings.accumulation
    }
    this.changed = new Map(this.trained.flatMap((of) => arraysOf(of, dense.arrays)))
  }

  /** Compiles train-step graphs that read parameters on the device and leave there what they find. */
  get trainSteps(): Executor {
    return {
      name: 'train steps on a device',
      compile: (graph) => {
        const { model } = this.#options
        const inputs = inputsOf(graph)
        const read = ['vectors', ...model.parameters.map(({ name }) => name)]
        const flow = ['positionGradient', 'wordGradient'].map((name) => [name, 'flow'] as const)
        const gradients = model.parameters.map(({ name }) => gradientName(name))
        const found = [...flow, ...gradients.map((name) => [name, name] as const)]
        return this.memory.compile(keepingOutcomes(graph, this.sizes), {
          reads: [outcomesName, ...read.filter((name) => inputs.has(name))],
          writes: Object.fromEntries([
            [nextName(outcomesName), outcomesName],
            ...found.filter(([output]) => graph.outputs[output])
          ])
        })
      }
    }
  }

  /** From a batch's words to their embeddings, `vectors`. */
  lookUp(room: number): Promise<Executable> {
    return this.#once(`look-up ${room}`, () => {
      const isTrained = this.hasWords
      const graph = lookUpGraph({ table: this.#table, room, isTrained })
      return this.#compile(graph, { vectors: 'vectors' }, ['ids', 'owed'])
    })
  }

  /**
   * From `flow`, the gradients that a batch has left in so many rows, to their sums by word. Those of
   * the step's other batches are among them unless it is the first.
   */
  sumByWord(sizes: Omit<WordSumSizes, 'width'>): Promise<Executable> {
    return this.#once(`words ${JSON.stringify(sizes)}`, () => {
      const graph = wordSumGraph({ ...sizes, width: this.#table[1]! })
      return this.#compile(graph, { sums: 'wordSum', squares: 'wordSquares' }, ['places'])
    })
  }

  /** Adds gradients to `carry` [1] times the sums so far. */
  add(): Promise<Executable> {
    return this.#once('add', () => {
      const carry = input('carry', [1])
      const sums = this.trained.map(({ name, shape }): [string, Value] => {
        const kept = mul(input(sumName(name), shape), carry)
        return [nextName(sumName(name)), add(kept, input(gradientName(name), shape))]
      })
      const graph = { name: 'add', outputs: Object.fromEntries(sums) }
      return this.#compile(graph, nextOf(this.trained.map(({ name }) => sumName(name))), ['carry'])
    })
  }

  /** The optimizer's step on what changes as a whole, by the sums or by the last batch's gradients. */
  update({ bySums }: { bySums: boolean }): Promise<Executable> {
    return this.#once(`update ${bySums}`, () => {
      const graph = updateGraph(this.trained, {
        rule: this.#rules.dense,
        gradientName: bySums ? sumName : gradientName,
        clipNorm: this.#options.settings.clipNorm,
        hasWords: this.hasWords
      })
      const scale = this.isClipped ? { scale: 'scale' } : {}
      return this.#compile(graph, { ...nextOf(this.changed.keys()), ...scale }, ['factors'])
    })
  }

  /** The optimizer's step on up to so many rows of the table. */
  updateRows(room: number): Promise<Executable> {
    return this.#once(`rows ${room}`, () => {
      const [rule, isScaled] = [this.#rules.row, this.isClipped]
      const graph = rowUpdateGraph({ rule, table: this.#table, room, isScaled })
      const changed = arraysOf({ name: embeddingName, shape: this.#table }, rule.arrays)
      return this.#compile(graph, nextOf(changed.map(([name]) => name)), ['ids', 'factors'])
    })
  }

  /** Whether gradients are scaled before they are used, by the `scale` [1] of an update. */
  get isClipped(): boolean {
    return this.#options.settings.clipNorm !== null
  }

  /** Whether words have gradients: not where they are frozen. */
  get hasWords(): boolean {
    return this.#options.settings.frozenLayers === 0
  }

  /** Compiles a graph that is fed no more than some inputs; the others are on the device. */
  #compile(graph: Graph, writes: Record<string, string>, fed: readonly string[]) {
    const reads = [...inputsOf(graph).keys()].filter((name) => !fed.includes(name))
    return this.memory.compile(graph, { reads, writes })
  }

  #once(name: string, make: () => Promise<Executable>): Promise<Executable> {
    const compiled = this.#compiled.get(name) ?? make()
    this.#compiled.set(name, compiled)
    return compiled
  }
}

export interface WordSumSizes {
  /** Rows of gradients. */
  flows: number
  /** Words of a step at most. */
  room: number
  /** [embedding] */
  width: number
  /** Whether a row is of a position; else it is of a word, all of whose positions it has. */
  byPosition: boolean
  isFirst: boolean
}

/**
 * `sums` [room, embedding] of the rows of `flow` [flows, embedding] by word, and their squared norm
 * `squares` [1]. `places` hold, for each position the place of its word [flows], or for each place
 * the row of its word [room]; below 0 there is none.
 */
export function wordSumGraph(
  { flows, room, width, byPosition, isFirst }: WordSumSizes,
  largest = largestProduct
): Graph {
  const flow = input('flow', [flows, width])
  const found = byPosition
    ? sumOfPlaces(flow, input('places', [flows]), room, largest)
    : rowsAtPlaces(flow, input('places', [room]))
  const sums = isFirst ? found : add(input('wordSum', [room, width]), found)
  return { name: 'word-sum', outputs: { sums, squares: sumOfSquares(sums) } }
}

/** Numbers of the largest matrix of ones and zeros: 64 MiB of them. */
const largestProduct = 2 ** 24

/**
 * As a product with ones and zeros, which adds up in one order; a GPU that scatters does not. It is
 * taken in parts, as such a matrix would grow with the square of a batch.
 */
function sumOfPlaces(flow: Value, places: Value, room: number, largest: number): Value {
  const all = constant([...Array(room).keys()], [room, 1])
  const each = Math.max(Math.floor(largest / room), 1)
  const flows = places.shape[0]!
  const products = Array.from({ length: Math.ceil(flows / each) }, (_, part) => {
    const span = [part * each, Math.min((part + 1) * each, flows)] as const
    const some = reshape(slice(places, 0, span), [1, span[1] - span[0]])
    const isOther = indicator(sub(all, some))
    return matmul(sub(constant([1]), isOther), slice(flow, 0, span))
  })
  return products.reduce(add)
}

function rowsAtPlaces(flow: Value, places: Value): Value {
  const isNone = indicator(relu(neg(places)))
  const isThere = reshape(sub(constant([1]), isNone), [places.shape[0]!, 1])
  return mul(gather(flow, relu(places)), isThere)
}

/** A parameter and what an optimizer keeps of it, with their shape. */
function arraysOf({ name, shape }: { name: string; shape: Shape }, arrays: readonly string[]) {
  return [name, ...arrays.map((array) => stateName(name, array))].map((of) => [of, shape] as const)
}

/** By output: the tensors that become what their outputs say. */
function nextOf(names: Iterable<string>): Record<string, string> {
  return Object.fromEntries(Array.from(names, (name) => [nextName(name), name]))
}
