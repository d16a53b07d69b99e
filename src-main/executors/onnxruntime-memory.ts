/**
 * Tensors that stay on a device of onnxruntime. An output stays there by `preferredOutputLocation`,
 * and such a tensor may be fed to any session. What onnxruntime-node 1.30 does about it:
 *
 * - Once a session has outputs that stay, all outputs have to be asked for, and arrays that are given
 *   for the others are not written to.
 * - `getData` of a tensor that stays ends the process, so it is read by a session that copies.
 * - So does letting go of a tensor after the session that made it, so sessions go last.
 *
 * On the CPU nothing has to stay anywhere; it is then a plain table of tensors, for tests.
 */
import type { InferenceSession } from 'onnxruntime-node'
import { Tensor } from 'onnxruntime-node'
import { ErratumError } from '../errors.ts'
import { input } from '../graph/build.ts'
import type { Graph, Shape } from '../graph/ir.ts'
import { inputsOf } from '../graph/ir.ts'
import type { DeviceMemory, Executable, KeptTensors, Tensors } from './executor.ts'
import { allocate, shapesOf } from './fit.ts'
import type { OnRun, SessionOptions } from './onnx-session.ts'
import { HostTensors, createSession, hostBytes } from './onnx-session.ts'

export class OnnxruntimeMemory implements DeviceMemory {
  /**
   * The least `maxBufferSize` that WebGPU's specification lets a device have. What a shader reads at
   * once may be less, 128 MiB at least; onnxruntime takes larger tensors in parts.
   */
  readonly largestTensor = 2 ** 28
  readonly #options: SessionOptions
  readonly #onRun: OnRun | undefined
  readonly #tensors = new Map<string, Tensor>()
  /** What copies, by what is copied: the same is written and read again and again. */
  readonly #copies = new Map<string, Promise<Executable>>()
  readonly #sessions = new Set<InferenceSession>()

  constructor(options: SessionOptions, onRun: OnRun | undefined) {
    this.#options = options
    this.#onRun = onRun
  }

  async write(tensors: Tensors, shapes: Readonly<Record<string, Shape>>): Promise<void> {
    const names = Object.keys(tensors)
    const copy = await this.#copy('write', names, (name) => shapes[name]!)
    await copy.run(Object.fromEntries(names.map((name) => [`from ${name}`, tensors[name]!])))
  }

  async read(names: readonly string[]): Promise<Tensors> {
    const copy = await this.#copy('read', names, (name) => this.get(name).dims)
    const results = Object.entries(await copy.run({}))
    return Object.fromEntries(results.map(([name, data]) => [name.slice('to '.length), data]))
  }

  async compile(graph: Graph, kept: KeptTensors): Promise<Executable> {
    const staying = new Set(Object.keys(kept.writes))
    const isOwn = this.#options.device === 'cpu'
    const parts = isOwn ? {} : { staying }
    const session = await createSession(graph, this.#options, parts)
    this.#sessions.add(session)
    return new KeptExecutable(session, { graph, kept, memory: this, onRun: this.#onRun })
  }

  async dispose(): Promise<void> {
    for (const tensor of this.#tensors.values()) release(tensor)
    this.#tensors.clear()
    this.#copies.clear()
    for (const session of this.#sessions) await session.release()
    this.#sessions.clear()
  }

  /** The tensor of a name; throws `bad-graph` where there is none. */
  get(name: string): Tensor {
    const tensor = this.#tensors.get(name)
    if (tensor) return tensor
    throw new ErratumError(
      'bad-graph',
      `${name} was read from a device before it was written there.`
    )
  }

  /** Keeps a tensor, and lets go of the one that had its name. */
  set(name: string, tensor: Tensor): void {
    const old = this.#tensors.get(name)
    this.#tensors.set(name, tensor)
    if (old) release(old)
  }

  #copy(way: 'write' | 'read', names: readonly string[], shapeOf: (name: string) => Shape) {
    const key = JSON.stringify([way, names.map((name) => [name, shapeOf(name)])])
    const known = this.#copies.get(key)
    if (known) return known
    const inputOf = (name: string) => (way === 'write' ? `from ${name}` : name)
    const outputs = names.map((name) => {
      return [`to ${name}`, input(inputOf(name), shapeOf(name))] as const
    })
    const writes = Object.fromEntries(names.map((name) => [`to ${name}`, name]))
    const kept = way === 'write' ? { reads: [], writes } : { reads: names, writes: {} }
    const made = this.compile({ name: way, outputs: Object.fromEntries(outputs) }, kept)
    this.#copies.set(key, made)
    return made
  }
}

interface KeptParts {
  graph: Graph
  kept: KeptTensors
  memory: OnnxruntimeMemory
  onRun: OnRun | undefined
}

class KeptExecutable implements Executable {
  readonly inputShapes: Readonly<Record<string, Shape>>
  readonly outputShapes: Readonly<Record<string, Shape>>
  readonly #session: InferenceSession
  readonly #parts: KeptParts
  readonly #host = new HostTensors()

  constructor(session: InferenceSession, parts: KeptParts) {
    const { graph, kept } = parts
    this.#session = session
    this.#parts = parts
    this.inputShapes = shapesOf([...inputsOf(graph)].filter(([name]) => !kept.reads.includes(name)))
    this.outputShapes = shapesOf(
      Object.entries(graph.outputs).filter(([name]) => kept.writes[name] === undefined)
    )
  }

  async run(feeds: Tensors, into: Tensors = allocate(this.outputShapes)): Promise<Tensors> {
    const { kept, memory, onRun } = this.#parts
    const given = this.#host.wrap(feeds, this.inputShapes)
    const read = kept.reads.map((name) => [name, memory.get(name)] as const)
    const fed = { ...given, ...Object.fromEntries(read) }
    const results = await this.#session.run(fed)
    for (const name in this.outputShapes) into[name]!.set(results[name]!.data as Float32Array)
    for (const [name, to] of Object.entries(kept.writes)) memory.set(to, results[name]!)
    onRun?.({ fed: hostBytes(fed), fetched: hostBytes(results) })
    return into
  }

  /** Its session goes with the memory, which may hold what it made. */
  dispose(): Promise<void> {
    return Promise.resolve()
  }
}

function release(tensor: Tensor): void {
  if (tensor.location === 'gpu-buffer') tensor.dispose()
}
