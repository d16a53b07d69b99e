/**
 * The parameters that every step changes as a whole, where a device keeps them, with what the
 * optimizer keeps of them. A step is two runs: the train-step graph leaves the gradients on the
 * device, and the update, compiled once for batches of all shapes, reads them there. In between the
 * host gets the words' gradients and says how large they are, as all are clipped together. The parts
 * of a step are added up on the device.
 *
 * The table of words stays with the host. A step needs the rows of its batch there and back, less than
 * a thousand; a table on the device would have to be copied as a whole for every step, as no graph can
 * change a tensor that it is given.
 */
import type { DeviceMemory, Executable, Executor, Tensors } from '../executors/executor.ts'
import type { Shape, Value } from '../graph/ir.ts'
import { inputsOf, sizeOf } from '../graph/ir.ts'
import { add, input, mul } from '../graph/build.ts'
import { gradientName } from '../models/graphs.ts'
import type { Model, ParameterSpec } from '../models/model.ts'
import type { DenseOptions, DenseParameters } from './dense-parameters.ts'
import type { StepGradients } from './step-gradients.ts'
import { scaleBy, sumOfSquares } from './step-gradients.ts'
import { factorsOf, nextName, stateName, updateGraph } from './update-graph.ts'

const sumName = (parameter: string) => `sum.${parameter}`

/** Compiles train-step graphs that read parameters in a device's memory and leave gradients there. */
export function trainStepExecutor(memory: DeviceMemory, model: Model): Executor {
  return {
    name: 'train steps on kept parameters',
    compile(graph) {
      const inputs = inputsOf(graph)
      const reads = model.parameters.map(({ name }) => name).filter((name) => inputs.has(name))
      const gradients = model.parameters.map(({ name }) => gradientName(name))
      const found = gradients.filter((name) => graph.outputs[name])
      return memory.compile(graph, {
        reads,
        writes: Object.fromEntries(found.map((name) => [name, name]))
      })
    }
  }
}

/** What is compiled to change the parameters of a model, for one training after the other. */
export class DeviceUpdates {
  readonly #memory: DeviceMemory
  readonly #compiled = new Map<string, Promise<Executable>>()

  constructor(memory: DeviceMemory) {
    this.#memory = memory
  }

  get memory(): DeviceMemory {
    return this.#memory
  }

  /** The optimizer's step, by the gradients of the names given. */
  update(options: DenseOptions, of: (parameter: string) => string): Promise<Executable> {
    return this.#once(`update ${of('')}`, () => {
      const { trained, optimizer, clipNorm } = options
      const rule = optimizer.denseRule
      const changed = [...changedTensors(options).keys()]
      const graph = updateGraph(trained, { rule, gradientName: of, clipNorm })
      return this.#memory.compile(graph, {
        reads: [...changed, ...trained.map(({ name }) => of(name))],
        writes: Object.fromEntries(changed.map((name) => [nextName(name), name]))
      })
    })
  }

  /** Adds gradients to `carry` [1] times the sums so far. */
  adding(trained: readonly ParameterSpec[]): Promise<Executable> {
    return this.#once('add', () => {
      const carry = input('carry', [1])
      const sums = trained.map(({ name, shape }): [string, Value] => {
        const kept = mul(input(sumName(name), shape), carry)
        return [nextName(sumName(name)), add(kept, input(gradientName(name), shape))]
      })
      const names = trained.map(({ name }) => name)
      return this.#memory.compile(
        { name: 'add', outputs: Object.fromEntries(sums) },
        {
          reads: [...names.map(sumName), ...names.map(gradientName)],
          writes: Object.fromEntries(names.map((name) => [nextName(sumName(name)), sumName(name)]))
        }
      )
    })
  }

  #once(name: string, make: () => Promise<Executable>): Promise<Executable> {
    const compiled = this.#compiled.get(name) ?? make()
    this.#compiled.set(name, compiled)
    return compiled
  }
}

export class DeviceParameters implements DenseParameters {
  /** The device has them. */
  readonly feeds: Tensors = {}
  readonly state: ReadonlyMap<string, Float32Array>
  readonly #options: DenseOptions
  readonly #updates: DeviceUpdates
  readonly #model: Model
  #begun: Promise<void> | undefined
  #hasSums: Promise<void> | undefined
  /** The name of what the next update goes by. */
  #gradientName = gradientName

  constructor(model: Model, options: DenseOptions, updates: DeviceUpdates) {
    this.#model = model
    this.#options = options
    this.#updates = updates
    const states = Array.from(changedTensors(options)).filter(([name]) => !options.parameters[name])
    this.state = new Map(states.map(([name, shape]) => [name, new Float32Array(sizeOf(shape))]))
  }

  begin(): Promise<void> {
    return (this.#begun ??= this.#write())
  }

  async take(part: number, parts: number): Promise<void> {
    this.#gradientName = parts > 1 ? sumName : gradientName
    if (parts === 1) return
    await (this.#hasSums ??= this.#writeSums())
    const adding = await this.#updates.adding(this.#options.trained)
    await adding.run({ carry: Float32Array.of(part === 0 ? 0 : 1) })
  }

  async step({ words, wordGradients }: StepGradients): Promise<void> {
    const { width, clipNorm, optimizer } = this.#options
    const update = await this.#updates.update(this.#options, this.#gradientName)
    const found = wordGradients.subarray(0, words.length * width)
    const squares = clipNorm === null ? null : sumOfSquares(found)
    const { scale } = await update.run({ factors: factorsOf(optimizer.denseRule, squares) })
    if (scale && scale[0] !== 1) scaleBy(found, scale[0]!)
  }

  async settle(): Promise<void> {
    if (!this.#begun) return
    const { parameters } = this.#options
    const names = [...changedTensors(this.#options).keys()]
    for (const [name, values] of Object.entries(await this.#updates.memory.read(names))) {
      const into = this.state.get(name) ?? parameters[name]!
      into.set(values)
    }
  }

  /** Takes all parameters there, those that are not trained as well. */
  #write(): Promise<void> {
    const { parameters } = this.#options
    const all = this.#model.parameters.map(({ name, shape }) => [name, shape] as const)
    const shapes = Object.fromEntries([...all, ...changedTensors(this.#options)])
    const arrayOf = (name: string) => parameters[name] ?? this.state.get(name)!
    const names = Object.keys(shapes)
    const arrays = Object.fromEntries(names.map((name) => [name, arrayOf(name)]))
    return this.#updates.memory.write(arrays, shapes)
  }

  #writeSums(): Promise<void> {
    const shapes = this.#options.trained.map(({ name, shape }) => [sumName(name), shape] as const)
    const zeros = shapes.map(([name, shape]) => [name, new Float32Array(sizeOf(shape))] as const)
    return this.#updates.memory.write(Object.fromEntries(zeros), Object.fromEntries(shapes))
  }
}

/** What a step changes, with its shapes: the trained parameters and what the optimizer keeps of them. */
function changedTensors({ trained, optimizer }: DenseOptions): Map<string, Shape> {
  const { arrays } = optimizer.denseRule
  return new Map(
    trained.flatMap(({ name, shape }) => [
      [name, shape] as const,
      ...arrays.map((array) => [stateName(name, array), shape] as const)
    ])
  )
}
