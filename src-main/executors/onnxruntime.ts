/** The executor for real work: graphs as ONNX models in onnxruntime, float32, on any of its devices. */
import { InferenceSession, Tensor, env } from 'onnxruntime-node'
import { ErratumError } from '../errors.ts'
import type { Graph, Shape, Value } from '../graph/ir.ts'
import { inputsOf, sizeOf } from '../graph/ir.ts'
import type { DeviceName } from './devices.ts'
import { devices } from './devices.ts'
import type { CompileOptions, Executable, Executor, Tensors } from './executor.ts'
import { toOnnx } from './onnx.ts'

// What fails is thrown with its reason, and told once; it would be on the terminal as well.
env.logLevel = 'fatal'

export interface OnnxruntimeOptions {
  /** What runs the graphs; the CPU unless given. */
  device?: DeviceName
  /** Threads inside one operator on the CPU; rounds that run side by side take one each. */
  threads: number
  /** Refuses to compile a graph of which the device would leave a part to the CPU. */
  alone?: boolean
}

/**
 * onnxruntime on a device; what that lacks runs on the CPU within the same session. A run blocks the
 * thread that calls it, so it belongs in a worker.
 */
export function onnxruntimeExecutor(options: OnnxruntimeOptions): Executor {
  const { device = 'cpu', threads, alone = false } = options
  const { provider } = devices[device]
  return {
    name: `onnxruntime ${device}`,
    async compile(graph, { constants = {} }: CompileOptions = {}) {
      const session = await InferenceSession.create(toOnnx(graph, { constants, threads, device }), {
        executionProviders: device === 'cpu' ? [provider] : [provider, 'cpu'],
        intraOpNumThreads: threads,
        interOpNumThreads: 1,
        executionMode: 'sequential',
        // The second run would take all of its memory anew beside what the first took piece by piece.
        enableMemPattern: false,
        graphOptimizationLevel: 'all',
        logSeverityLevel: 3,
        extra: {
          session: {
            // With several sessions alive, idle threads that spin slow the one that works.
            force_spinning_stop: '1',
            ...(alone && { disable_cpu_ep_fallback: '1' })
          }
        }
      })
      return new OnnxruntimeExecutable(session, graph, constants)
    }
  }
}

class OnnxruntimeExecutable implements Executable {
  readonly inputShapes: Readonly<Record<string, Shape>>
  readonly outputShapes: Readonly<Record<string, Shape>>
  readonly #session: InferenceSession
  /** One tensor a buffer: the same arrays come back every step, so they are wrapped once. */
  readonly #wrapped = new WeakMap<Float32Array, { tensor: Tensor; shape: Shape }>()
  #own: Tensors | undefined

  constructor(session: InferenceSession, graph: Graph, constants: Tensors) {
    this.#session = session
    const inputs = [...inputsOf(graph)].filter(([name]) => !constants[name])
    this.inputShapes = shapesOf(inputs)
    this.outputShapes = shapesOf(Object.entries(graph.outputs))
  }

  async run(feeds: Tensors, into?: Tensors): Promise<Tensors> {
    const results = into ?? (this.#own ??= this.#allocate())
    await this.#session.run(
      this.#wrap(feeds, this.inputShapes),
      this.#wrap(results, this.outputShapes)
    )
    return results
  }

  async dispose(): Promise<void> {
    await this.#session.release()
  }

  #allocate(): Tensors {
    return Object.fromEntries(
      Object.entries(this.outputShapes).map(([name, shape]) => [
        name,
        new Float32Array(sizeOf(shape))
      ])
    )
  }

  #wrap(arrays: Tensors, shapes: Readonly<Record<string, Shape>>): Record<string, Tensor> {
    const tensors: Record<string, Tensor> = {}
    for (const name in shapes) {
      const array = arrays[name]
      const shape = shapes[name]!
      if (array?.length !== sizeOf(shape)) throw unfit(name, shape, array)
      const known = this.#wrapped.get(array)
      // An array may serve two tensors of different shapes.
      if (known?.shape === shape) tensors[name] = known.tensor
      else {
        const tensor = new Tensor('float32', array, shape)
        this.#wrapped.set(array, { tensor, shape })
        tensors[name] = tensor
      }
    }
    return tensors
  }
}

function unfit(name: string, shape: Shape, array: Float32Array | undefined): ErratumError {
  const given = array ? `${array.length} numbers` : 'nothing'
  return new ErratumError('bad-graph', `Tensor ${name} [${shape.join(', ')}] was given ${given}.`)
}

function shapesOf(values: Iterable<[string, Value]>): Record<string, Shape> {
  return Object.fromEntries(Array.from(values, ([name, value]) => [name, value.shape]))
}
