/** The processes of the core's workers, which Electron's main process alone can start. */
import { utilityProcess } from 'electron'
import { fileURLToPath } from 'node:url'
import type { MessagePort } from 'node:worker_threads'
import type { FromProcess, ToProcess } from '../../ipc/host-processes.ts'

/** Starts a worker's file and carries between it and the core until it ends. */
export function startWorkerProcess(url: string, port: MessagePort): void {
  const child = utilityProcess.fork(fileURLToPath(url), [], { serviceName: 'Erratum worker' })
  // Before it has spawned, nothing would come of it.
  const kill = () => {
    if (child.pid === undefined) child.once('spawn', () => child.kill())
    else child.kill()
  }
  const tell = (message: FromProcess) => port.postMessage(message)
  port.on('message', (told: ToProcess) => {
    if (told.kind === 'say') child.postMessage(told.message)
    else kill()
  })
  // The core is gone, or waits no longer.
  port.on('close', kill)
  child.on('message', (message: unknown) => tell({ kind: 'said', message }))
  // Of the process's own heap; its end follows.
  child.on('error', () => undefined)
  child.on('exit', (code) => {
    tell({ kind: 'exited', how: `exit code ${code}` })
    port.close()
  })
}
