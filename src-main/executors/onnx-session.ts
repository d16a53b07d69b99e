/** Sessions of onnxruntime, and the arrays of the host as its tensors. */
import { InferenceSession, Tensor, env } from 'onnxruntime-node'
import type { Graph, Shape } from '../graph/ir.ts'
import type { OnnxruntimeDevice } from './devices.ts'
import { devices } from './devices.ts'
import type { Tensors } from './executor.ts'
import type { Shapes } from './fit.ts'
import { checkFit } from './fit.ts'
import { toOnnx } from './onnx/onnx.ts'

// What fails is thrown with its reason, and told once; it would be on the terminal as well.
env.logLevel = 'fatal'

export interface SessionOptions {
  device: OnnxruntimeDevice
  threads: number
  /** Refuses a graph of which the device would leave a part to the CPU. */
  alone: boolean
}

export interface SessionParts {
  constants?: Tensors
  /** Outputs that stay on the device. */
  staying?: ReadonlySet<string>
}

/** A session that runs a graph. */
export function createSession(
  graph: Graph,
  { device, threads, alone }: SessionOptions,
  { constants = {}, staying }: SessionParts
): Promise<InferenceSession> {
  const { provider } = devices[device]
  const locationOf = (output: string) => (staying!.has(output) ? 'gpu-buffer' : 'cpu')
  const outputs = Object.keys(graph.outputs)
  return InferenceSession.create(toOnnx(graph, { constants, threads, device }), {
    executionProviders: device === 'cpu' ? [provider] : [provider, 'cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    // The second run would take all of its memory anew beside what the first took piece by piece.
    enableMemPattern: false,
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
    ...(staying && {
      preferredOutputLocation: Object.fromEntries(outputs.map((name) => [name, locationOf(name)]))
    }),
    extra: {
      session: {
        // With several sessions alive, idle threads that spin slow the one that works.
        force_spinning_stop: '1',
        ...(alone && { disable_cpu_ep_fallback: '1' })
      }
    }
  })
}

/** Wraps arrays as tensors: the same arrays come back every step, so each is wrapped once. */
export class HostTensors {
  readonly #wrapped = new WeakMap<Float32Array, { tensor: Tensor; shape: Shape }>()

  /** The tensors of the given shapes; throws `bad-graph` where an array does not fit. */
  wrap(arrays: Tensors, shapes: Shapes): Record<string, Tensor> {
    checkFit(arrays, shapes)
    const tensors: Record<string, Tensor> = {}
    for (const name in shapes) {
      const array = arrays[name]!
      const shape = shapes[name]!
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

/** The tensors of a run, in bytes: those of the host that went in, and those that came out to it. */
export type OnRun = (moved: { fed: number; fetched: number }) => void

/** Bytes of those tensors that are with the host. */
export function hostBytes(tensors: Readonly<Record<string, Tensor>>): number {
  const own = Object.values(tensors).filter(({ location }) => location === 'cpu')
  return own.reduce((sum, { size }) => sum + 4 * size, 0)
}
