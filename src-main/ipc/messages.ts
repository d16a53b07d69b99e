/** What goes between a host and the thread of the core. */
import type { MessagePort } from 'node:worker_threads'
import type { ErrorEnvelope } from '../errors.ts'
import type { Shell } from '../service/shell.ts'

/** What the thread of the core is started with. */
export interface CoreStart {
  dataFolder: string
  /** Project folders that are opened from the start, such as the command line's. */
  folders: readonly string[]
  /** Where models are offered from, if not the data folder's own place. */
  modelsFolder?: string | undefined
  shell: Pick<Shell, 'host' | 'hasDialogs'>
  /** Whether the host starts the processes of workers; by itself the core can where it runs in Node. */
  startsProcesses: boolean
}

/** What the core asks of its host's shell, and the arguments. */
export interface ShellCalls {
  pick: { what: 'file' | 'folder' }
  reveal: { path: string }
}

export type ToCore =
  /** A window has connected, has said something, or is gone. */
  | { kind: 'open'; connection: number }
  | { kind: 'message'; connection: number; data: string }
  | { kind: 'close'; connection: number }
  /** The host issues a token for a path: one that was dropped on a window, or uploaded. */
  | { kind: 'issue'; id: number; path: string }
  /** The host wants the path of a token, to send the file. */
  | { kind: 'path'; id: number; token: string }
  | { kind: 'shell-answer'; id: number; answer: unknown }
  | { kind: 'shell-error'; id: number; error: ErrorEnvelope }
  /** End all work, then the thread. */
  | { kind: 'stop' }

export type FromCore =
  | { kind: 'ready' }
  | { kind: 'message'; connection: number; data: string }
  | { kind: 'close'; connection: number }
  | { kind: 'answer'; id: number; answer: unknown }
  | { kind: 'error'; id: number; error: ErrorEnvelope }
  | {
      [Name in keyof ShellCalls]: { kind: 'shell'; id: number; call: Name } & ShellCalls[Name]
    }[keyof ShellCalls]
  /** A worker's file is to be started in a process; what is said to it and by it goes by the port. */
  | { kind: 'process'; url: string; port: MessagePort }
  /** For the icon of the application: how far the running job is; null when none runs. */
  | { kind: 'progress'; fraction: number | null }
  /** A job has ended, for a notification. */
  | { kind: 'ended'; title: string; state: 'done' | 'failed'; seconds: number }
