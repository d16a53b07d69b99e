/** What goes between the stand-in for Electron, in the main process, and the story that drives it. */
export interface PageRequest {
  url: string
  method: string
}

export interface PageResponse {
  status: number
  headers: Record<string, string>
  /** Base64. */
  body: string
}

export interface Frame {
  url: string
  isMain: boolean
}

export type ToStory =
  | { kind: 'window'; id: number; url: string; preload: string }
  /** `webContents.send` */
  | { kind: 'send'; id: number; channel: string; args: unknown[] }
  | { kind: 'response'; call: number; response: PageResponse }
  | { kind: 'result'; call: number; result?: unknown; error?: string }
  | { kind: 'evaluate'; id: number; script: string }
  | { kind: 'seen'; what: string; value: unknown }

export type ToMain =
  | { kind: 'request'; call: number; request: PageRequest }
  /** `ipcRenderer.send` */
  | { kind: 'ipc'; id: number; channel: string; args: unknown[]; frame: Frame }
  /** `ipcRenderer.invoke` */
  | { kind: 'invoke'; call: number; id: number; channel: string; args: unknown[]; frame: Frame }
  /** `event` is the one that Electron would emit, such as `will-navigate`. */
  | { kind: 'navigate'; call: number; id: number; event: string; url: string }
  /** `window.open` */
  | { kind: 'open'; call: number; id: number; url: string }
  | { kind: 'permission'; call: number; id: number; permission: string; frame: Frame }
  | { kind: 'menu'; label: string }
  /** The user has moved every window. */
  | { kind: 'move'; bounds: { x: number; y: number; width: number; height: number } }
  | { kind: 'second-instance' }
  | { kind: 'closed'; id: number }
  | { kind: 'quit' }
