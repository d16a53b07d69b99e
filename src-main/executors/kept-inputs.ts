/** Graphs that read what a device keeps, and what becomes of them when it fails. */
import type { DeviceMemory, Executor } from './executor.ts'
import { StateLost } from './executor.ts'
import { inputsOf } from '../graph/ir.ts'

/** Compiles graphs that find inputs of these names in a device's memory; they are fed the others. */
export function readingExecutor(memory: DeviceMemory, names: readonly string[]): Executor {
  return {
    name: 'graphs that read what is kept',
    compile(graph) {
      const inputs = inputsOf(graph)
      return memory.compile(graph, { reads: names.filter((name) => inputs.has(name)), writes: {} })
    }
  }
}

/**
 * Does work until no device fails in it that kept what it needs. An executor whose device has failed
 * offers no memory any more, so it is to be asked anew each time.
 */
export async function untilKept<Result>(work: () => Promise<Result>): Promise<Result> {
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof StateLost)) throw error
    }
  }
}

/**
 * What is made to run on an executor: with a memory as long as its device offers one, without where it
 * has none or has lost it. Each is made once, when it is first needed.
 */
export class Places<Place> {
  readonly #executor: Executor
  readonly #make: (memory?: DeviceMemory) => Place
  #host: { place: Place } | undefined
  #device: { place: Place; memory: DeviceMemory } | undefined

  constructor(executor: Executor, make: (memory?: DeviceMemory) => Place) {
    this.#executor = executor
    this.#make = make
  }

  get current(): Place {
    const open = this.#executor.openMemory
    if (!open) return (this.#host ??= { place: this.#make() }).place
    if (!this.#device) {
      const memory = open()
      this.#device = { place: this.#make(memory), memory }
    }
    return this.#device.place
  }

  /** Lets go of what was made, and then of the memory. */
  async dispose(letGo: (place: Place) => Promise<void>): Promise<void> {
    if (this.#host) await letGo(this.#host.place)
    if (this.#device) await letGo(this.#device.place)
    await this.#device?.memory.dispose()
  }
}
