/**
 * A stand-in for the module `electron`: just enough for the built main process to run unmodified
 * where Electron's program cannot be had. Its windows are pages of the story that started it.
 */
import { fork } from 'node:child_process'
import { EventEmitter } from 'node:events'
import type { Frame, ToMain, ToStory } from './messages.ts'

const tell = (message: ToStory) => void process.send?.(message)
const seen = (what: string, value: unknown) => tell({ kind: 'seen', what, value })

type Handler = (request: Request) => Promise<Response>
const handlers = new Map<string, Handler>()

class StandInApp extends EventEmitter {
  readonly commandLine = {
    getSwitchValue: (name: string) =>
      process.argv.find((each) => each.startsWith(`--${name}=`))?.slice(name.length + 3) ?? ''
  }
  #quitting = false

  setPath(): void {
    // Nothing of Electron's own is kept.
  }
  enableSandbox(): void {
    seen('sandbox', true)
  }
  requestSingleInstanceLock(): boolean {
    return process.env['STAND_IN_RUNS_ALREADY'] === undefined
  }
  whenReady(): Promise<void> {
    return Promise.resolve()
  }
  quit(): void {
    let prevented = false
    this.emit('before-quit', { preventDefault: () => (prevented = true) })
    if (prevented || this.#quitting) return
    this.#quitting = true
    for (const window of windows) window.emit('close')
    process.disconnect()
  }
  exit(code: number): void {
    // What was told before has to arrive.
    process.send?.({ kind: 'seen', what: 'exit', value: code }, () => process.exit(code))
  }
}

export const app = new StandInApp()
const contentsById = new Map<number, WebContents>()
let lastId = 0

class WebContents extends EventEmitter {
  readonly id = ++lastId
  openHandler: ((details: { url: string }) => { action: string }) | undefined
  url = ''

  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }): void {
    this.openHandler = handler
  }
  getURL(): string {
    return this.url
  }
  isDestroyed(): boolean {
    return !contentsById.has(this.id)
  }
  send(channel: string, ...args: unknown[]): void {
    tell({ kind: 'send', id: this.id, channel, args })
  }
  executeJavaScript(script: string): Promise<void> {
    tell({ kind: 'evaluate', id: this.id, script })
    return Promise.resolve()
  }
}

interface WindowOptions {
  x?: number
  y?: number
  width: number
  height: number
  webPreferences: { preload: string }
}

const windows = new Set<BrowserWindow>()

export class BrowserWindow extends EventEmitter {
  readonly webContents = new WebContents()
  readonly #options: WindowOptions
  bounds: { x: number; y: number; width: number; height: number }

  constructor(options: WindowOptions) {
    super()
    this.#options = options
    const { x = 10, y = 20, width, height } = options
    this.bounds = { x, y, width, height }
    windows.add(this)
    contentsById.set(this.webContents.id, this.webContents)
    seen('window', options)
    app.emit('web-contents-created', {}, this.webContents)
  }

  static getAllWindows(): BrowserWindow[] {
    return [...windows]
  }
  static getFocusedWindow(): BrowserWindow | null {
    return null
  }
  loadURL(url: string): Promise<void> {
    this.webContents.url = url
    const { id } = this.webContents
    tell({ kind: 'window', id, url, preload: this.#options.webPreferences.preload })
    setImmediate(() => this.emit('ready-to-show'))
    return Promise.resolve()
  }
  getNormalBounds() {
    return this.bounds
  }
  isFocused(): boolean {
    return false
  }
  isMaximized(): boolean {
    return false
  }
  isMinimized(): boolean {
    return true
  }
  maximize(): void {
    seen('maximize', true)
  }
  restore(): void {
    seen('restore', true)
  }
  focus(): void {
    seen('focus', true)
  }
  show(): void {
    seen('show', true)
  }
  setProgressBar(fraction: number): void {
    seen('progress', fraction)
  }

  /** The story has closed the page. */
  closed(): void {
    this.emit('close')
    windows.delete(this)
    contentsById.delete(this.webContents.id)
    this.webContents.emit('destroyed')
    if (windows.size === 0) app.emit('window-all-closed')
  }
}

class StandInIpc extends EventEmitter {
  readonly invocable = new Map<string, (event: unknown, ...args: unknown[]) => unknown>()

  handle(channel: string, handler: (event: unknown, ...args: unknown[]) => unknown): void {
    this.invocable.set(channel, handler)
  }
}

export const ipcMain = new StandInIpc()

export const protocol = {
  registerSchemesAsPrivileged: (schemes: unknown) => seen('schemes', schemes),
  handle: (scheme: string, handler: Handler) => void handlers.set(scheme, handler)
}

type PermissionRequest = (
  contents: WebContents,
  permission: string,
  answer: (granted: boolean) => void,
  details: { requestingUrl: string; isMainFrame: boolean }
) => void
let permissionRequest: PermissionRequest | undefined

export const session = {
  defaultSession: {
    setPermissionRequestHandler: (handler: PermissionRequest) => void (permissionRequest = handler),
    setPermissionCheckHandler: () => undefined,
    setDevicePermissionHandler: () => undefined
  }
}

/** Its processes are Node's. */
export const utilityProcess = {
  fork(path: string) {
    const child = fork(path, [], { serialization: 'advanced' })
    seen('process', path)
    return {
      postMessage: (message: object) => void child.send(message),
      kill: () => child.kill(),
      pid: child.pid,
      on: (event: string, listener: (given: unknown) => void) => void child.on(event, listener)
    }
  }
}

interface MenuItem {
  label?: string
  click?: () => void
  submenu?: MenuItem[]
}
let menu: MenuItem[] = []

export const Menu = {
  buildFromTemplate: (template: MenuItem[]) => template,
  setApplicationMenu: (template: MenuItem[]) => void (menu = template)
}

export const screen = {
  getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }]
}

export const dialog = {
  showErrorBox: (title: string, message: string) => seen('error', { title, message }),
  /** Chooses what the story has said beforehand. */
  showOpenDialog: () => {
    const path = process.env['STAND_IN_PICKS']
    return Promise.resolve({ canceled: !path, filePaths: path ? [path] : [] })
  }
}

export const shell = {
  showItemInFolder: (path: string) => seen('reveal', path)
}

export class Notification extends EventEmitter {
  readonly #options: unknown

  constructor(options: unknown) {
    super()
    this.#options = options
  }
  static isSupported(): boolean {
    return true
  }
  show(): void {
    seen('notification', this.#options)
  }
}

function eventOf(id: number, { url, isMain }: Frame) {
  const parent = isMain ? null : { url }
  return { sender: contentsById.get(id), senderFrame: { url, parent } }
}

async function answer(message: ToMain): Promise<void> {
  switch (message.kind) {
    case 'request': {
      const { url, method } = message.request
      const handler = handlers.get(new URL(url).protocol.replace(':', ''))!
      const response = await handler({ url, method } as Request)
      const body = Buffer.from(await response.arrayBuffer()).toString('base64')
      const headers = Object.fromEntries(response.headers)
      tell({
        kind: 'response',
        call: message.call,
        response: { status: response.status, headers, body }
      })
      return
    }
    case 'ipc':
      ipcMain.emit(message.channel, eventOf(message.id, message.frame), ...message.args)
      return
    case 'invoke': {
      const handler = ipcMain.invocable.get(message.channel)
      try {
        const result = await handler!(eventOf(message.id, message.frame), ...message.args)
        tell({ kind: 'result', call: message.call, result })
      } catch (error) {
        tell({ kind: 'result', call: message.call, error: String(error) })
      }
      return
    }
    case 'navigate': {
      let prevented = false
      const event = { url: message.url, preventDefault: () => (prevented = true) }
      contentsById.get(message.id)!.emit(message.event, event)
      tell({ kind: 'result', call: message.call, result: prevented })
      return
    }
    case 'open': {
      const result = contentsById.get(message.id)!.openHandler!({ url: message.url }).action
      tell({ kind: 'result', call: message.call, result })
      return
    }
    case 'permission': {
      const { id, permission, frame } = message
      const details = { requestingUrl: frame.url, isMainFrame: frame.isMain }
      const give = (granted: boolean) =>
        tell({ kind: 'result', call: message.call, result: granted })
      permissionRequest!(contentsById.get(id)!, permission, give, details)
      return
    }
    case 'menu':
      menu.flatMap(({ submenu }) => submenu ?? []).find(({ label }) => label === message.label)!
        .click!()
      return
    case 'closed':
      for (const window of windows) if (window.webContents.id === message.id) window.closed()
      return
    case 'move':
      for (const window of windows) window.bounds = message.bounds
      return
    case 'second-instance':
      app.emit('second-instance')
      return
    case 'quit':
      app.quit()
  }
}

process.on('message', (message: ToMain) => void answer(message))
process.on('disconnect', () => process.exit(0))
