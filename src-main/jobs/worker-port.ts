/** The worker's end of its line: a thread's, that of a process of Node, or of one of Electron. */
import { parentPort } from 'node:worker_threads'

export interface WorkerPort {
  post(message: unknown): void
  listen(receive: (message: unknown) => void): void
}

/** What Electron gives a process that its main process has started. */
interface UtilityProcess {
  parentPort?: {
    postMessage(message: unknown): void
    on(event: 'message', receive: (event: { data: unknown }) => void): void
  }
}

/** Of the worker that this is. */
export function workerPort(): WorkerPort {
  if (parentPort) {
    const port = parentPort
    return {
      post: (message) => port.postMessage(message),
      listen: (receive) => void port.on('message', receive)
    }
  }
  const { parentPort: utility } = process as unknown as UtilityProcess
  if (utility) {
    return {
      post: (message) => utility.postMessage(message),
      listen: (receive) => utility.on('message', ({ data }) => receive(data))
    }
  }
  // A terminal's Ctrl-C may be told to all of its processes: the program decides what it is for.
  process.on('SIGINT', () => undefined)
  process.on('disconnect', () => process.exit())
  return {
    // The callback takes the error where the program has ended.
    post: (message) => void process.send!(message, () => undefined),
    listen: (receive) => void process.on('message', receive)
  }
}
