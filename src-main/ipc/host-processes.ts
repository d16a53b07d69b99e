/** Processes that the host starts for the core's workers, as Electron's program is no Node. */
import type { MessagePort } from 'node:worker_threads'
import { MessageChannel } from 'node:worker_threads'
import type { StartProcess } from '../jobs/process.ts'

/** What the core tells the host of a process. */
export type ToProcess = { kind: 'say'; message: unknown } | { kind: 'kill' }

/** What the host tells the core; the end is the last. */
export type FromProcess = { kind: 'said'; message: unknown } | { kind: 'exited'; how: string }

/** Starts processes by asking the host for them, with the port that it is to answer on. */
export function processesBy(ask: (url: string, port: MessagePort) => void): StartProcess {
  return (url, { message, exited }) => {
    const { port1: port, port2 } = new MessageChannel()
    const tell = (sent: ToProcess) => port.postMessage(sent)
    port.on('message', (told: FromProcess) => {
      if (told.kind === 'said') return message(told.message)
      port.close()
      exited(told.how)
    })
    ask(url.href, port2)
    return {
      post: (sent) => tell({ kind: 'say', message: sent }),
      kill: () => tell({ kind: 'kill' }),
      abandon: () => port.close()
    }
  }
}
