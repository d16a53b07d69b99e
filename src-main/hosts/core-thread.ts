/** The host's side of the core's thread. */
import type { MessagePort } from 'node:worker_threads'
import { Worker } from 'node:worker_threads'
import { fromEnvelope, toEnvelope } from '../errors.ts'
import { workerEntry } from '../installation.ts'
import type { CoreStart, FromCore, ToCore } from '../ipc/messages.ts'
import { nodeArguments } from '../jobs/node-arguments.ts'
import type { Picked } from '../service/picked.ts'
import type { Shell } from '../service/shell.ts'

/** One window's line to the core. */
export interface Connection {
  send(data: string): void
  close(): void
}

export interface Core {
  /** Connects a window; `receive` gets what the core says to it, `closed` is called when it ends it. */
  connect(window: { receive(data: string): void; closed(): void }): Connection
  /** Issues a token for a path that the user has dropped or uploaded. */
  issue(path: string): Promise<Picked>
  /** The path of a token; rejects with `bad-argument` for one that was not issued. */
  path(token: string): Promise<string>
  /** Settles with what has ended the thread, if it ends before it is stopped. */
  readonly failure: Promise<Error>
  /** Cancels all work and ends the thread; fine when it has ended. */
  stop(): Promise<void>
}

export interface CoreOptions extends Omit<CoreStart, 'shell' | 'startsProcesses'> {
  shell: Shell
  /** Starts a worker's file in a process and carries between it and a port; Node does without. */
  startProcess?(url: string, port: MessagePort): void
  /** How far the running job is, 0 to 1; null when none runs. */
  onProgress?(fraction: number | null): void
  onEnded?(job: { title: string; state: 'done' | 'failed'; seconds: number }): void
}

/** Starts the core; resolves once it answers. */
export async function startCore(options: CoreOptions): Promise<Core> {
  const { core, started } = launchCore(options)
  await started
  return core
}

/** Starts the core without waiting: what it is told before it has `started` waits for it. */
export function launchCore(options: CoreOptions): { core: Core; started: Promise<void> } {
  const { shell, dataFolder, folders, modelsFolder } = options
  const { host, hasDialogs } = shell
  const url = workerEntry('core')
  const start: CoreStart = {
    ...{ dataFolder, folders, modelsFolder, shell: { host, hasDialogs } },
    startsProcesses: options.startProcess !== undefined
  }
  const worker = new Worker(url, { workerData: start, execArgv: nodeArguments(url) })
  const tell = (message: ToCore) => worker.postMessage(message)
  const windows = new Map<number, { receive(data: string): void; closed(): void }>()
  const asked = new Map<number, { resolve(answer: unknown): void; reject(error: Error): void }>()
  let last = 0

  const receive = (message: FromCore): void => {
    switch (message.kind) {
      case 'ready':
        return
      case 'message':
        return windows.get(message.connection)?.receive(message.data)
      case 'close':
        windows.get(message.connection)?.closed()
        return void windows.delete(message.connection)
      case 'answer':
        asked.get(message.id)?.resolve(message.answer)
        return void asked.delete(message.id)
      case 'error':
        asked.get(message.id)?.reject(fromEnvelope(message.error))
        return void asked.delete(message.id)
      case 'shell':
        return void answerShell(shell, message).then(tell)
      case 'process':
        return options.startProcess?.(message.url, message.port)
      case 'progress':
        return options.onProgress?.(message.fraction)
      case 'ended':
        return options.onEnded?.(message)
    }
  }
  const ask = (make: (id: number) => ToCore) => {
    const id = ++last
    tell(make(id))
    return new Promise<unknown>((resolve, reject) => asked.set(id, { resolve, reject }))
  }
  let stopping = false
  const exited = new Promise((resolve) => worker.once('exit', resolve))
  const failure = new Promise<Error>((resolve) => {
    worker.once('error', resolve)
    void exited.then((code) => {
      if (!stopping) resolve(new Error(`The core’s thread ended with ${String(code)}.`))
    })
  })
  void failure.then((error) => asked.forEach(({ reject }) => reject(error)))
  const started = new Promise<void>((resolve, reject) => {
    worker.once('message', () => resolve())
    void failure.then(reject)
  })
  // Not everyone waits for it; `failure` is there for them.
  started.catch(() => undefined)
  worker.on('message', receive)
  const core: Core = {
    failure,
    connect(window) {
      const connection = ++last
      windows.set(connection, window)
      tell({ kind: 'open', connection })
      return {
        send: (data) => tell({ kind: 'message', connection, data }),
        close() {
          windows.delete(connection)
          tell({ kind: 'close', connection })
        }
      }
    },
    issue: (path) => ask((id) => ({ kind: 'issue', id, path })) as Promise<Picked>,
    path: (token) => ask((id) => ({ kind: 'path', id, token })) as Promise<string>,
    async stop() {
      stopping = true
      tell({ kind: 'stop' })
      await exited
    }
  }
  return { core, started }
}

async function answerShell(
  shell: Shell,
  message: Extract<FromCore, { kind: 'shell' }>
): Promise<ToCore> {
  const { id } = message
  try {
    switch (message.call) {
      case 'pick':
        return { kind: 'shell-answer', id, answer: await shell.pick(message.what) }
      case 'reveal':
        return { kind: 'shell-answer', id, answer: await shell.reveal(message.path) }
    }
  } catch (error) {
    return { kind: 'shell-error', id, error: toEnvelope(error) }
  }
}
