/**
 * A worker in a process of its own, for native code that may crash or hang, such as the driver of a
 * GPU: the program outlives it. Nothing is shared; what is sent is copied.
 */
import { fork } from 'node:child_process'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Line, LineEvents } from './line.ts'
import { nodeArguments } from './node-arguments.ts'
import { endedWith } from './thread.ts'

/** A process as it is started; `exited` is told how it ended. */
export interface Process {
  post(message: unknown): void
  kill(): void
  /** Waits for it no longer: it does not keep the program from ending. */
  abandon(): void
}

export type StartProcess = (
  url: URL,
  events: { message(message: unknown): void; exited(how: string): void }
) => Process

/** By Node, with its own program. */
const forkNode: StartProcess = (url, { message, exited }) => {
  const child = fork(fileURLToPath(url), [], {
    execArgv: nodeArguments(url),
    serialization: 'advanced',
    // Ctrl-C is for the program, which stops its workers itself.
    detached: process.platform !== 'win32'
  })
  const kill = () => void child.kill('SIGKILL')
  // One that hangs does not hear that the program has ended.
  process.once('exit', kill)
  child.on('message', message)
  child.on('error', (error) => exited(error.message))
  child.on('exit', (code, signal) => {
    process.off('exit', kill)
    exited(signal ?? `exit code ${code}`)
  })
  return {
    // The callback takes the error where the process ends meanwhile.
    post: (sent) => void (child.connected && child.send(sent as object, () => undefined)),
    kill,
    abandon() {
      if (child.connected) child.disconnect()
      child.unref()
    }
  }
}

let start = forkNode

/** Electron's program is no Node, so that there its host starts processes. */
export function startProcessesBy(host: StartProcess): void {
  start = host
}

/** One that hangs in a driver may outlive even its end. */
const longestEndMs = 2000

const late = () => setTimeout(longestEndMs, true, { ref: false })

/** Starts a worker's file, JavaScript or, in a checkout, TypeScript. */
export function startProcess(url: URL, events: LineEvents): Line {
  let exit!: () => void
  const exited = new Promise<false>((resolve) => (exit = () => resolve(false)))
  const child = start(url, {
    message: events.message,
    exited(how) {
      exit()
      events.ended(endedWith('process', how))
    }
  })
  return {
    post: (message) => child.post(unshared(message)),
    async end() {
      child.kill()
      const isLate = await Promise.race([exited, late()])
      if (!isLate) return
      child.abandon()
      events.ended(endedWith('process', 'it could not be ended'))
    }
  }
}

/** A copy in which nothing lies in shared memory, which no process can be sent. */
function unshared(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) {
    return value.buffer instanceof SharedArrayBuffer ? (value as Int32Array).slice() : value
  }
  if (Array.isArray(value)) return value.map(unshared)
  if (!isPlain(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, unshared(each)]))
}

function isPlain(value: unknown): value is object {
  return value !== null && Object.getPrototypeOf(value) === Object.prototype
}
