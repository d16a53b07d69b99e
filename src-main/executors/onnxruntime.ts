/** The executor for real work: graphs as ONNX models in onnxruntime, float32, on any of its devices. */
import type { InferenceSession } from 'onnxruntime-node'
import type { Graph, Shape } from '../graph/ir.ts'
import { inputsOf } from '../graph/ir.ts'
import type { OnnxruntimeDevice } from './devices.ts'
import { devices } from './devices.ts'
import type { CompileOptions, Executable, Executor, Tensors } from './executor.ts'
import { allocate, shapesOf } from './fit.ts'
import type { OnRun } from './onnx-session.ts'
import { HostTensors, createSession, hostBytes } from './onnx-session.ts'
import { OnnxruntimeMemory } from './onnxruntime-memory.ts'

export interface OnnxruntimeOptions {
  /** What runs the graphs; the CPU unless given. */
  device?: OnnxruntimeDevice
  /** Threads inside one operator on the CPU; rounds that run side by side take one each. */
  threads: number
  /** Refuses to compile a graph of which the device would leave a part to the CPU. */
  alone?: boolean
  /** Whether it has a memory to keep tensors in: where the device can keep them, unless given. */
  keepsTensors?: boolean
  /** Is told what every run moved between the host and the session. */
  onRun?: OnRun
}

/**
 * onnxruntime on a device; what that lacks runs on the CPU within the same session. A run blocks the
 * thread that calls it, so it belongs in a worker.
 */
export function onnxruntimeExecutor(options: OnnxruntimeOptions): Executor {
  const { device = 'cpu', threads, alone = false, onRun } = options
  const { keepsTensors = devices[device].keepsTensors } = options
  const session = { device, threads, alone }
  return {
    name: `onnxruntime ${device}`,
    async compile(graph, { constants = {} }: CompileOptions = {}) {
      const created = await createSession(graph, session, { constants })
      return new OnnxruntimeExecutable(created, { graph, constants, onRun })
    },
    ...(keepsTensors && { openMemory: () => new OnnxruntimeMemory(session, onRun) })
  }
}

class OnnxruntimeExecutable implements Executable {
  readonly inputShapes: Readonly<Record<string, Shape>>
  readonly outputShapes: Readonly<Record<string, Shape>>
  readonly #session: InferenceSession
  readonly #onRun: OnRun | undefined
  readonly #host = new HostTensors()
  #own: Tensors | undefined

  constructor(
    session: InferenceSession,
    of: { graph: Graph; constants: Tensors; onRun: OnRun | undefined }
  ) {
    this.#session = session
    this.#onRun = of.onRun
    const inputs = [...inputsOf(of.graph)].filter(([name]) => !of.constants[name])
    this.inputShapes = shapesOf(inputs)
    this.outputShapes = shapesOf(Object.entries(of.graph.outputs))
  }

  async run(feeds: Tensors, into?: Tensors): Promise<Tensors> {
    const results = into ?? (this.#own ??= allocate(this.outputShapes))
    const fed = this.#host.wrap(feeds, this.inputShapes)
    const fetched = this.#host.wrap(results, this.outputShapes)
    await this.#session.run(fed, fetched)
    this.#onRun?.({ fed: hostBytes(fed), fetched: hostBytes(fetched) })
    return results
  }

  async dispose(): Promise<void> {
    await this.#session.release()
  }
}
