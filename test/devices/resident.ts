/**
 * Training whose parameters and AdamW's means stay on the device. The update is part of the step's
 * graph; each run's new state is the next run's input, by buffers of the device, and the host sees
 * only the batch that goes in, and the losses and the gradients of the batch's words that come out.
 *
 * What onnxruntime-node 1.30 does about it: outputs stay on the device by `preferredOutputLocation`,
 * and such a tensor may be fed to any session. Fetches that are given are then not written to.
 * `getData` of such a tensor ends the process, so it is read by a session that copies it.
 */
import { InferenceSession, Tensor } from 'onnxruntime-node'
import type { DeviceName } from '../../src-main/executors/devices.ts'
import { devices } from '../../src-main/executors/devices.ts'
import type { Tensors } from '../../src-main/executors/executor.ts'
import { toOnnx } from '../../src-main/executors/onnx.ts'
import { add, constant, div, input, mul, sqrt, sub } from '../../src-main/graph/build.ts'
import type { Graph, Shape, Value } from '../../src-main/graph/ir.ts'
import { inputsOf, sizeOf } from '../../src-main/graph/ir.ts'
import { onnxruntimeExecutor } from '../../src-main/executors/onnxruntime.ts'
import { gradientName } from '../../src-main/models/graphs.ts'
import type { AdamWSettings } from '../../src-main/training/optimizers.ts'
import { createOptimizer } from '../../src-main/training/optimizers.ts'
import type { WholeStep } from '../support/steps.ts'

const stateKinds = ['parameter', 'mean', 'square'] as const
type State = Map<string, Tensor>

/** A train step with AdamW's step of every parameter; `step` gives what changes from step to step. */
export function adamWGraph({ graph, parameters }: WholeStep, settings: AdamWSettings): Graph {
  const inputs = inputsOf(graph)
  const [beta1, beta2] = settings.betas
  const [rate, epsilon, keep] = ['rate', 'epsilon', 'keep'].map((name) => input(name, [1]))
  const outputs: Record<string, Value> = {}
  const others = Object.entries(graph.outputs).filter(([name]) => !name.startsWith('gradient.'))
  for (const name of parameters) {
    const gradient = graph.outputs[gradientName(name)]!
    const old = { weights: inputs.get(name)!, shape: gradient.shape }
    const decayed = (kind: string, decay: number, x: Value) =>
      add(
        mul(input(`${kind} ${name}`, old.shape), constant([decay])),
        mul(x, constant([1 - decay]))
      )
    const mean = decayed('mean', beta1, gradient)
    const square = decayed('square', beta2, mul(gradient, gradient))
    const move = div(mul(mean, rate!), add(sqrt(square), epsilon!))
    outputs[`next parameter ${name}`] = sub(mul(old.weights, keep!), move)
    outputs[`next mean ${name}`] = mean
    outputs[`next square ${name}`] = square
  }
  return { name: 'resident', outputs: { ...Object.fromEntries(others), ...outputs } }
}

export class ResidentStep {
  readonly #step: WholeStep
  readonly #settings: AdamWSettings
  readonly #session: InferenceSession
  readonly #device: DeviceName
  #state: State
  #steps = 0

  private constructor(
    of: Pick<ResidentStepParts, 'step' | 'settings' | 'device'>,
    session: InferenceSession,
    state: State
  ) {
    this.#step = of.step
    this.#settings = of.settings
    this.#device = of.device
    this.#session = session
    this.#state = state
  }

  static async create(parts: ResidentStepParts): Promise<ResidentStep> {
    const { step, settings, device } = parts
    const graph = adamWGraph(step, settings)
    const session = await InferenceSession.create(bytesOf(graph, device), {
      ...optionsOf(device),
      preferredOutputLocation: Object.fromEntries(
        Object.keys(graph.outputs).map((name) => [name, isState(name) ? 'gpu-buffer' : 'cpu'])
      )
    })
    const state: State = new Map()
    for (const name of step.parameters) {
      const weights = step.feeds[name]!
      const { shape } = inputsOf(step.graph).get(name)!
      for (const kind of stateKinds) {
        const start = kind === 'parameter' ? weights : new Float32Array(weights.length)
        state.set(`${kind} ${name}`, new Tensor('float32', start, shape))
      }
    }
    return new ResidentStep(parts, session, state)
  }

  /** Takes one step and returns what the host gets to see of it. */
  async run(learningRate: number): Promise<Tensors> {
    const results = await this.#session.run(this.#feeds(learningRate))
    const state: State = new Map()
    const seen: Tensors = {}
    for (const [name, tensor] of Object.entries(results)) {
      if (isState(name)) state.set(name.slice(next.length), tensor)
      else seen[name] = tensor.data as Float32Array
    }
    this.#release()
    this.#state = state
    return seen
  }

  /** Whether all state is in buffers of the device. */
  get isOnDevice(): boolean {
    return [...this.#state.values()].every(({ location }) => location === 'gpu-buffer')
  }

  /** Copies the parameters to the host. */
  async parameters(): Promise<Tensors> {
    const copies: Tensors = {}
    for (const name of this.#step.parameters) {
      const tensor = this.#state.get(`parameter ${name}`)!
      copies[name] = await downloaded(tensor, this.#device)
    }
    return copies
  }

  async dispose(): Promise<void> {
    this.#release()
    await this.#session.release()
  }

  #feeds(learningRate: number): Record<string, Tensor> {
    const [beta1, beta2] = this.#settings.betas
    const step = ++this.#steps
    const rootCorrection = Math.sqrt(1 - beta2 ** step)
    const scalars = {
      rate: (learningRate * rootCorrection) / (1 - beta1 ** step),
      epsilon: this.#settings.epsilon * rootCorrection,
      keep: 1 - learningRate * this.#settings.weightDecay
    }
    const feeds: Record<string, Tensor> = {}
    for (const [name, number] of Object.entries(scalars)) {
      feeds[name] = new Tensor('float32', Float32Array.of(number), [1])
    }
    for (const [name, { shape }] of inputsOf(this.#step.graph)) {
      const kept = this.#state.get(`parameter ${name}`)
      feeds[name] = kept ?? new Tensor('float32', this.#step.feeds[name]!, shape)
    }
    for (const [name, tensor] of this.#state) {
      if (!name.startsWith('parameter ')) feeds[name] = tensor
    }
    return feeds
  }

  #release(): void {
    for (const tensor of this.#state.values()) {
      if (tensor.location === 'gpu-buffer') tensor.dispose()
    }
  }
}

/** The parameters after some steps of the same optimizer on the host. */
export async function hostParameters(
  { graph, feeds, parameters }: WholeStep,
  settings: AdamWSettings,
  { steps, learningRate }: { steps: number; learningRate: number }
): Promise<Tensors> {
  const executable = await onnxruntimeExecutor({ threads: 1 }).compile(graph)
  const optimizer = createOptimizer(settings)
  const weights: Tensors = Object.fromEntries(
    parameters.map((name) => [name, feeds[name]!.slice()])
  )
  const states = optimizer.dense(parameters.map((name) => ({ size: weights[name]!.length })))
  for (let step = 0; step < steps; step++) {
    const results = await executable.run({ ...feeds, ...weights })
    optimizer.begin(learningRate)
    for (const [i, name] of parameters.entries()) {
      states[i]!.step(weights[name]!, results[gradientName(name)]!)
    }
  }
  await executable.dispose()
  return weights
}

interface ResidentStepParts {
  step: WholeStep
  settings: AdamWSettings
  device: DeviceName
}

/** Outputs and inputs of a graph share no name, so what is next is called so. */
const next = 'next '
const isState = (output: string) => output.startsWith(next)

const bytesOf = (graph: Graph, device: DeviceName) =>
  toOnnx(graph, { constants: {}, threads: 1, device })

const optionsOf = (device: DeviceName): InferenceSession.SessionOptions => ({
  executionProviders: [devices[device].provider, 'cpu'],
  enableMemPattern: false,
  graphOptimizationLevel: 'all',
  logSeverityLevel: 3
})

async function downloaded(tensor: Tensor, device: DeviceName): Promise<Float32Array> {
  if (tensor.location === 'cpu') return tensor.data as Float32Array
  const shape: Shape = tensor.dims
  const graph = { name: 'copy', outputs: { y: input('x', shape) } }
  const session = await InferenceSession.create(bytesOf(graph, device), optionsOf(device))
  const y = new Float32Array(sizeOf(shape))
  await session.run({ x: tensor }, { y: new Tensor('float32', y, shape) })
  await session.release()
  return y
}
