/** An executor that goes on elsewhere when its device fails. */
import { ErratumError } from '../errors.ts'
import type { DeviceMemory, Executable, Executor, Tensors } from './executor.ts'
import { StateLost } from './executor.ts'

/**
 * Compiles and runs on `first` until that fails; from then on everything is compiled and run on
 * `second`, the run that failed as well. `onFail` is told once, with the reason. A graph that breaks
 * a rule, or is fed what does not fit it, fails on both and is no reason to change.
 *
 * What a memory of `first` held cannot be had any more. Whatever is asked of it then throws
 * `StateLost`, and no memory is offered from then on: training goes back to where the host last had it.
 */
export function withFallback(
  first: Executor,
  second: Executor,
  onFail: (reason: string) => void
): Executor {
  let failed = false
  const fail = (error: unknown) => {
    if (error instanceof ErratumError && error.code === 'bad-graph') throw error
    if (!failed) onFail(error instanceof Error ? error.message : String(error))
    failed = true
  }
  return {
    name: `${first.name}, or ${second.name}`,
    get openMemory() {
      const open = first.openMemory
      return failed || !open ? undefined : () => losable(open(), fail, () => failed)
    },
    async compile(graph, options = {}) {
      if (failed) return second.compile(graph, options)
      try {
        const executable = await first.compile(graph, options)
        return new Changing(
          executable,
          () => second.compile(graph, options),
          fail,
          () => failed
        )
      } catch (error) {
        fail(error)
        return second.compile(graph, options)
      }
    }
  }
}

/** A memory whose device may fail, then or elsewhere. */
function losable(
  memory: DeviceMemory,
  fail: (error: unknown) => void,
  hasFailed: () => boolean
): DeviceMemory {
  const attempt = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    if (hasFailed()) throw new StateLost('A device has failed.')
    try {
      return await work()
    } catch (error) {
      fail(error)
      throw new StateLost('A device has failed.', { cause: error })
    }
  }
  return {
    largestTensor: memory.largestTensor,
    write: (tensors, shapes) => attempt(() => memory.write(tensors, shapes)),
    read: (names) => attempt(() => memory.read(names)),
    async compile(graph, kept) {
      const executable = await attempt(() => memory.compile(graph, kept))
      const { inputShapes, outputShapes } = executable
      return {
        ...{ inputShapes, outputShapes },
        run: (feeds, into) => attempt(() => executable.run(feeds, into)),
        dispose: () => executable.dispose().catch(ignore)
      }
    },
    dispose: () => memory.dispose().catch(ignore)
  }
}

/** A device that is lost may refuse even to let go. */
const ignore = () => undefined

class Changing implements Executable {
  readonly inputShapes
  readonly outputShapes
  #current: Executable
  #changed: Promise<Executable> | undefined
  readonly #compileAgain: () => Promise<Executable>
  readonly #fail: (error: unknown) => void
  readonly #hasFailed: () => boolean

  constructor(
    executable: Executable,
    compileAgain: () => Promise<Executable>,
    fail: (error: unknown) => void,
    hasFailed: () => boolean
  ) {
    this.inputShapes = executable.inputShapes
    this.outputShapes = executable.outputShapes
    this.#current = executable
    this.#compileAgain = compileAgain
    this.#fail = fail
    this.#hasFailed = hasFailed
  }

  async run(feeds: Tensors, into?: Tensors): Promise<Tensors> {
    if (!this.#hasFailed()) {
      try {
        return await this.#current.run(feeds, into)
      } catch (error) {
        this.#fail(error)
      }
    }
    // Whatever the run that failed has written is written over.
    return (await this.#change()).run(feeds, into)
  }

  async dispose(): Promise<void> {
    await this.#current.dispose()
  }

  #change(): Promise<Executable> {
    return (this.#changed ??= this.#compileAgain().then(async (executable) => {
      await this.#current.dispose().catch(ignore)
      this.#current = executable
      return executable
    }))
  }
}
