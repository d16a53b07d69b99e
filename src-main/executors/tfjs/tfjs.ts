/** The executor on TensorFlow.js, float32. */
import { setImmediate } from 'node:timers/promises'
import type { Graph, Shape, Value } from '../../graph/ir.ts'
import { inputsOf } from '../../graph/ir.ts'
import type { Executable, Executor, Tensors } from '../executor.ts'
import { allocate, checkFit, shapesOf } from '../fit.ts'
import type { TfjsLibrary } from './library.ts'
import { loadTfjs } from './library.ts'
import type { Tfjs } from './operators.ts'
import { Program } from './program.ts'

/**
 * TensorFlow.js; the best that is here is loaded as the first graph is compiled, unless one is given.
 * A run blocks the thread that calls it. TensorFlow itself decides how many threads an operator has.
 */
export function tfjsExecutor(library?: TfjsLibrary): Executor {
  let tf = library?.tf
  return {
    name: 'tfjs',
    compile: async (graph, { constants = {} } = {}) =>
      new TfjsExecutable((tf ??= loadTfjs().tf), graph, constants)
  }
}

class TfjsExecutable implements Executable {
  readonly inputShapes: Readonly<Record<string, Shape>>
  readonly outputShapes: Readonly<Record<string, Shape>>
  readonly #tf: Tfjs
  readonly #inputs: readonly (readonly [name: string, value: Value])[]
  readonly #program: Program
  #own: Tensors | undefined

  constructor(tf: Tfjs, graph: Graph, constants: Tensors) {
    this.#tf = tf
    const inputs = [...inputsOf(graph)]
    const isConstant = ([name]: readonly [string, Value]) => constants[name] !== undefined
    const fixed = inputs.filter(isConstant)
    this.#inputs = inputs.filter((input) => !isConstant(input))
    this.inputShapes = shapesOf(this.#inputs)
    this.outputShapes = shapesOf(Object.entries(graph.outputs))
    checkFit(constants, shapesOf(fixed))
    const data = fixed.map(([name, value]) => [value, constants[name]!] as const)
    this.#program = new Program(tf, graph, new Map(data))
  }

  async run(feeds: Tensors, into?: Tensors): Promise<Tensors> {
    // Whoever runs one graph after the other hears messages in between.
    await setImmediate()
    const results = into ?? (this.#own ??= allocate(this.outputShapes))
    checkFit(feeds, this.inputShapes)
    checkFit(results, this.outputShapes)
    this.#tf.tidy(() => {
      const tensors = this.#inputs.map(([name, value]) => {
        return [value, this.#tf.tensor(feeds[name]!, [...value.shape])] as const
      })
      for (const [name, tensor] of this.#program.compute(new Map(tensors))) {
        results[name]!.set(tensor.dataSync<'float32'>())
      }
    })
    return results
  }

  async dispose(): Promise<void> {
    this.#program.dispose()
  }
}
