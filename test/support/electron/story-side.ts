/** The story's side of the stand-in for Electron: its windows are pages with the real preload. */
import type { ChildProcess } from 'node:child_process'
import { fork } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BrowserContext, Page } from '@playwright/test'
import { root } from '../../../src-main/installation.ts'
import type { Frame, ToMain, ToStory } from './messages.ts'

/** Chromium knows no `app:` outside of Electron, so the page's files come from here instead. */
const mapped = 'http://bundle.localhost'
const real = 'app://bundle'

type OpenedWindow = Extract<ToStory, { kind: 'window' }>
type Question = Extract<ToMain, { call: number }>

export interface StandInOptions {
  /** The folder whose `out` is run. */
  installed?: string
  environment?: NodeJS.ProcessEnv
}

export class StandIn {
  /** What the application has done that a story cannot see in a page, in order. */
  readonly seen: { what: string; value: unknown }[] = []
  readonly #main: ChildProcess
  readonly #ended: Promise<number | null>
  readonly #windows: OpenedWindow[] = []
  readonly #pages = new Map<number, Page>()
  readonly #waiting = new Map<number, (message: ToStory) => void>()
  #lastCall = 0
  #windowOpened: () => void = () => undefined
  #said = ''

  private constructor(main: ChildProcess) {
    this.#main = main
    this.#ended = new Promise((resolve) => main.once('exit', resolve))
    main.on('message', (message: ToStory) => this.#take(message))
    for (const stream of [main.stdout, main.stderr]) {
      stream?.on('data', (chunk: Buffer) => (this.#said += chunk.toString()))
    }
  }

  /** Runs the built main process on the stand-in: of this checkout, or of another folder. */
  static start(
    dataFolder: string,
    { installed = root, environment = {} }: StandInOptions = {}
  ): StandIn {
    const here = join(root, 'test', 'support', 'electron')
    return new StandIn(
      fork(join(installed, 'out', 'main', 'index.js'), [`--data-folder=${dataFolder}`], {
        execArgv: ['--import', 'tsx', '--import', join(here, 'register.mjs')],
        env: { ...process.env, ...environment },
        stdio: ['ignore', 'pipe', 'pipe', 'ipc']
      })
    )
  }

  /** Settles with the exit status once the main process has ended. */
  get ended(): Promise<number | null> {
    return this.#ended
  }

  /** What the main process has printed. */
  get said(): string {
    return this.#said
  }

  /** Shows the next window that the application opens in a page. */
  async window(context: BrowserContext): Promise<Page> {
    const opened = await this.#nextWindow()
    const page = await context.newPage()
    this.#pages.set(opened.id, page)
    page.on('close', () => this.#tell({ kind: 'closed', id: opened.id }))
    await this.#exposeIpc(page, opened)
    await page.route(`${mapped}/**`, async (route) => {
      const request = route.request()
      const url = request.url().replace(mapped, real)
      const message = await this.ask({
        kind: 'request',
        request: { url, method: request.method() }
      })
      if (message.kind !== 'response') return route.abort()
      const { status, headers, body } = message.response
      await route.fulfill({ status, headers, body: Buffer.from(body, 'base64') })
    })
    await page.goto(opened.url.replace(real, mapped))
    return page
  }

  /** Asks the main process as Electron would. */
  async ask(question: Omit<Question, 'call'> & Record<string, unknown>): Promise<ToStory> {
    const call = ++this.#lastCall
    const answered = new Promise<ToStory>((resolve) => this.#waiting.set(call, resolve))
    this.#tell({ ...question, call } as Question)
    return answered
  }

  /** Sends a message as a page would, from any frame. */
  send(id: number, channel: string, frame: Frame, ...args: unknown[]): void {
    this.#tell({ kind: 'ipc', id, channel, args, frame })
  }

  /** What the user or the system does. */
  act(action: Extract<ToMain, { kind: 'menu' | 'move' | 'second-instance' }>): void {
    this.#tell(action)
  }

  /** What was seen of a kind. */
  values(what: string): unknown[] {
    return this.seen.filter((each) => each.what === what).map(({ value }) => value)
  }

  async close(): Promise<void> {
    this.#tell({ kind: 'quit' })
    await this.#ended
  }

  #tell(message: ToMain): void {
    if (!this.#main.connected) return
    // A page may speak while the application ends; how that ended is told by `ended` alone.
    this.#main.send(message, () => undefined)
  }

  #take(message: ToStory): void {
    switch (message.kind) {
      case 'window':
        this.#windows.push(message)
        return this.#windowOpened()
      case 'send': {
        const { id, channel, args } = message
        const page = this.#pages.get(id)
        // A page that is being reloaded has nobody to listen.
        return void page
          ?.evaluate(
            ([name, given]) => (globalThis as StandInWindow).standInReceive?.(name, given),
            [channel, args] as const
          )
          .catch(() => undefined)
      }
      case 'evaluate':
        return void this.#pages.get(message.id)?.evaluate(message.script)
      case 'seen':
        return void this.seen.push(message)
      case 'response':
      case 'result':
        this.#waiting.get(message.call)?.(message)
        this.#waiting.delete(message.call)
    }
  }

  async #nextWindow(): Promise<OpenedWindow> {
    const failed = new Promise<never>((_, reject) =>
      this.#main.once('exit', (code) =>
        reject(new Error(`The main process ended with ${code}: ${this.#said}`))
      )
    )
    failed.catch(() => undefined)
    while (this.#windows.length === 0) {
      await Promise.race([new Promise<void>((resolve) => (this.#windowOpened = resolve)), failed])
    }
    return this.#windows.shift()!
  }

  /** Runs the built preload script in the page, with what Electron gives it. */
  async #exposeIpc(page: Page, { id, preload }: OpenedWindow): Promise<void> {
    const frameOf = (source: { frame: { url(): string }; page: Page }): Frame => ({
      url: source.frame.url().replace(mapped, real),
      isMain: source.frame === source.page.mainFrame()
    })
    await page.exposeBinding('standInSend', (source, channel: string, args: unknown[]) =>
      this.send(id, channel, frameOf(source), ...args)
    )
    await page.exposeBinding('standInInvoke', async (source, channel: string, args: unknown[]) => {
      const frame = frameOf(source)
      const answer = await this.ask({ kind: 'invoke', id, channel, args, frame })
      if (answer.kind !== 'result') throw new Error('No answer.')
      if (answer.error !== undefined) throw new Error(answer.error)
      return answer.result
    })
    await page.addInitScript({ content: preloadScript(readFileSync(preload, 'utf8')) })
  }
}

interface StandInWindow {
  standInReceive?(channel: string, args: unknown[]): void
}

/** The preload script as a script of the page, around it what it asks of `electron`. */
function preloadScript(source: string): string {
  return `(() => {
    const listeners = new Map()
    window.standInReceive = (channel, args) =>
      (listeners.get(channel) ?? []).forEach((listener) => listener({}, ...args))
    const electron = {
      contextBridge: { exposeInMainWorld: (name, api) => (window[name] = Object.freeze(api)) },
      ipcRenderer: {
        send: (channel, ...args) => void window.standInSend(channel, args),
        invoke: (channel, ...args) => window.standInInvoke(channel, args),
        on: (channel, listener) =>
          listeners.set(channel, [...(listeners.get(channel) ?? []), listener]),
        removeAllListeners: (channel) => listeners.delete(channel)
      },
      webUtils: { getPathForFile: (file) => (window.standInPaths ?? {})[file.name] ?? '' }
    }
    const module = { exports: {} }
    ;((require, module, exports) => { ${source} })(() => electron, module, module.exports)
  })()`
}
