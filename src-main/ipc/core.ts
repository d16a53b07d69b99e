/**
 * The thread of the core: it answers the calls of all windows and starts the workers that compute.
 * Its host, Electron's main process or a web server, only carries messages, so that neither a
 * window nor the host ever waits for the core.
 */
import { getWSConnectionHandler } from '@trpc/server/adapters/ws'
import type { IncomingMessage } from 'node:http'
import { parentPort, workerData } from 'node:worker_threads'
import type { WebSocket, WebSocketServer } from 'ws'
import { fromEnvelope, toEnvelope } from '../errors.ts'
import { startProcessesBy } from '../jobs/process.ts'
import { createService } from '../service/service.ts'
import type { Shell } from '../service/shell.ts'
import { CarriedSocket } from './carried-socket.ts'
import { processesBy } from './host-processes.ts'
import type { CoreStart, FromCore, ShellCalls, ToCore } from './messages.ts'
import { router } from './router.ts'
import { tellHostOfJobs } from './job-news.ts'

const start = workerData as CoreStart
const { dataFolder, folders, modelsFolder, shell: abilities } = start
const port = parentPort!
const tell = (message: FromCore) => port.postMessage(message)

const asked = new Map<number, { resolve(answer: unknown): void; reject(error: Error): void }>()
let lastId = 0

/** Asks the host's shell and waits for its answer. */
function ask<Name extends keyof ShellCalls>(call: Name, given: ShellCalls[Name]) {
  const id = ++lastId
  tell({ kind: 'shell', id, call, ...given } as FromCore)
  return new Promise<unknown>((resolve, reject) => asked.set(id, { resolve, reject }))
}

const shell: Shell = {
  ...abilities,
  pick: (what) => ask('pick', { what }) as Promise<string | null>,
  reveal: async (path) => void (await ask('reveal', { path }))
}
if (start.startsProcesses) {
  startProcessesBy(
    processesBy((url, to) => port.postMessage({ kind: 'process', url, port: to } as FromCore, [to]))
  )
}
const service = createService(dataFolder, shell, { modelsFolder })
for (const folder of folders) await service.known.note(folder)

const connections = new Map<number, CarriedSocket>()
const serve = getWSConnectionHandler({
  // Only its list of clients is asked for, when all of them are to connect anew.
  wss: { clients: new Set() } as unknown as WebSocketServer,
  router,
  createContext: () => ({ service })
})

function connect(connection: number): void {
  const socket = new CarriedSocket({
    send: (data) => tell({ kind: 'message', connection, data }),
    closed: () => {
      connections.delete(connection)
      tell({ kind: 'close', connection })
    }
  })
  connections.set(connection, socket)
  serve(socket as unknown as WebSocket, { url: '/', headers: {} } as IncomingMessage)
}

/** Answers the host itself. */
function answer(id: number, work: () => unknown): void {
  try {
    tell({ kind: 'answer', id, answer: work() })
  } catch (error) {
    tell({ kind: 'error', id, error: toEnvelope(error) })
  }
}

port.on('message', (message: ToCore) => {
  switch (message.kind) {
    case 'open':
      return connect(message.connection)
    case 'message':
      return connections.get(message.connection)?.receive(message.data)
    case 'close': {
      const socket = connections.get(message.connection)
      connections.delete(message.connection)
      return socket?.end()
    }
    case 'issue':
      return answer(message.id, () => service.picked.issue(message.path))
    case 'path':
      return answer(message.id, () => service.picked.path(message.token))
    case 'shell-answer':
      asked.get(message.id)?.resolve(message.answer)
      return void asked.delete(message.id)
    case 'shell-error':
      asked.get(message.id)?.reject(fromEnvelope(message.error))
      return void asked.delete(message.id)
    case 'stop':
      void service.close().finally(() => port.close())
  }
})

tellHostOfJobs(service.jobs, tell)
tell({ kind: 'ready' })
