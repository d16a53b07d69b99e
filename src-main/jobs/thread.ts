/** A worker in a thread: it shares memory, and takes the whole program along where native code crashes. */
import { Worker } from 'node:worker_threads'
import type { ResourceLimits } from 'node:worker_threads'
import { ErratumError, fromEnvelope, toEnvelope } from '../errors.ts'
import type { Line, LineEvents } from './line.ts'
import { nodeArguments } from './node-arguments.ts'

/** Starts a worker's file, JavaScript or, in a checkout, TypeScript. */
export function startThread(
  url: URL,
  events: LineEvents,
  resourceLimits: ResourceLimits = {}
): Line {
  const worker = new Worker(url, { execArgv: nodeArguments(url), resourceLimits })
  worker.on('message', events.message)
  worker.on('error', (error) => events.ended(explainDeath(error)))
  worker.on('exit', (code) => events.ended(endedWith('thread', `exit code ${code}`)))
  return {
    post: (message) => worker.postMessage(message),
    end: async () => void (await worker.terminate())
  }
}

/** What a worker that has ended by itself is told of as. */
export function endedWith(place: 'thread' | 'process', how: string): ErratumError {
  return new ErratumError(
    'worker-ended',
    `A worker ${place} ended in the middle of its task (${how}). Run this again; ` +
      'if it happens again, use fewer threads and report it with the log.'
  )
}

function explainDeath(error: Error): ErratumError {
  if ((error as NodeJS.ErrnoException).code !== 'ERR_WORKER_OUT_OF_MEMORY') {
    return fromEnvelope(toEnvelope(error))
  }
  return new ErratumError(
    'worker-ended',
    'A worker thread ran out of memory. Use fewer threads or a smaller batch, or close other programs.',
    { cause: error }
  )
}
