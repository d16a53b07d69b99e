import { EventEmitter } from 'node:events'
import type { IpcMain } from 'electron'
import { describe, expect, it } from 'vitest'
import type { Connection, Core } from '../../../src-main/hosts/core-thread.ts'
import { carryLines } from '../../../src-main/hosts/desktop/lines.ts'
import { channels } from '../../../src-preload/bridge.ts'

const page = { url: 'app://bundle/', parent: null }
const foreign = [
  { url: 'https://evil/', parent: null },
  { url: 'app://bundle/', parent: page },
  { url: '', parent: null },
  null
]

class Sender extends EventEmitter {
  readonly id: number
  readonly received: string[] = []
  isGone = false

  constructor(id: number) {
    super()
    this.id = id
  }
  isDestroyed(): boolean {
    return this.isGone
  }
  send(channel: string, data: string): void {
    if (this.isGone) throw new Error('Object has been destroyed')
    expect(channel).toBe(channels.message)
    this.received.push(data)
  }
  destroy(): void {
    this.isGone = true
    this.emit('destroyed')
  }
}

/** The other end of a line, as the core has it. */
interface Line {
  heard: string[]
  isOpen: boolean
  say(data: string): void
}

/** Electron's messages, and a core that only notes what reaches it. */
function carried() {
  const ipc = new EventEmitter()
  const handlers = new Map<string, (event: unknown, path: unknown) => unknown>()
  const lines: Line[] = []
  const issued: string[] = []
  const refusals: string[] = []
  const core: Pick<Core, 'connect' | 'issue'> = {
    connect(window): Connection {
      const line: Line = { heard: [], isOpen: true, say: (data) => window.receive(data) }
      lines.push(line)
      return { send: (data) => void line.heard.push(data), close: () => (line.isOpen = false) }
    },
    issue(path) {
      issued.push(path)
      return Promise.resolve({ token: 'token', name: 'films.csv', bytes: 1 })
    }
  }
  const electron = Object.assign(ipc, { handle: handlers.set.bind(handlers) })
  carryLines(electron as unknown as IpcMain, core as Core, (reason) => refusals.push(reason))
  return {
    lines,
    issued,
    refusals,
    connect: (sender: Sender, senderFrame: unknown = page) =>
      ipc.emit(channels.connect, { sender, senderFrame }),
    say: (sender: Sender, data: unknown, senderFrame: unknown = page) =>
      ipc.emit(channels.message, { sender, senderFrame }, data),
    drop: async (path: unknown, senderFrame: unknown = page) =>
      handlers.get(channels.dropped)!({ sender: new Sender(9), senderFrame }, path)
  }
}

describe('a window’s line', () => {
  it('carries texts both ways, each window its own', () => {
    const { lines, connect, say } = carried()
    const [first, second] = [new Sender(1), new Sender(2)]
    connect(first)
    connect(second)
    say(first, 'one')
    say(second, 'two')
    lines[0]!.say('to one')
    lines[1]!.say('to two')
    expect(lines.map(({ heard }) => heard)).toEqual([['one'], ['two']])
    expect([first.received, second.received]).toEqual([['to one'], ['to two']])
  })

  it('lets nothing of another sender through, and says why', async () => {
    const { lines, issued, refusals, connect, say, drop } = carried()
    const sender = new Sender(1)
    connect(sender)
    for (const frame of foreign) {
      connect(sender, frame)
      say(sender, 'from elsewhere', frame)
      await expect(drop('/etc/passwd', frame)).rejects.toThrow(/may not hand files in/)
    }
    expect(lines).toEqual([expect.objectContaining({ heard: [], isOpen: true })])
    expect(issued).toEqual([])
    expect(refusals).toHaveLength(3 * foreign.length)
    expect(new Set(refusals)).toEqual(
      new Set([
        'It comes from https://evil/, which is not the page of Erratum.',
        'It comes from a frame within the page.',
        'It comes from , which is not the page of Erratum.',
        'The frame that sent it is gone.'
      ])
    )
  })

  it('takes texts only', () => {
    const { lines, refusals, connect, say } = carried()
    const sender = new Sender(1)
    connect(sender)
    const others = [undefined, null, 1, true, ['text'], { data: 'text' }, new Uint8Array(4)]
    for (const data of others) say(sender, data)
    expect(lines[0]!.heard).toEqual([])
    expect(refusals).toEqual(others.map(() => 'It is no text.'))
  })

  it('drops what is said before it is opened', () => {
    const { lines, refusals, say } = carried()
    say(new Sender(1), 'too soon')
    expect([lines, refusals]).toEqual([[], []])
  })

  it('is opened anew by a page that was loaded anew', () => {
    const { lines, connect, say } = carried()
    const sender = new Sender(1)
    connect(sender)
    connect(sender)
    say(sender, 'again')
    expect(lines.map(({ isOpen }) => isOpen)).toEqual([false, true])
    expect(lines.map(({ heard }) => heard)).toEqual([[], ['again']])
  })

  it('listens once for the end of its window, however often the page is loaded', () => {
    const { connect } = carried()
    const sender = new Sender(1)
    for (let load = 0; load < 20; load++) connect(sender)
    expect(sender.listenerCount('destroyed')).toBe(1)
  })

  it('closes with its window, to which nothing is sent any more', () => {
    const { lines, connect, say } = carried()
    const sender = new Sender(1)
    connect(sender)
    connect(sender)
    sender.destroy()
    expect(lines.map(({ isOpen }) => isOpen)).toEqual([false, false])
    lines[1]!.say('too late')
    say(sender, 'too late')
    expect(sender.received).toEqual([])
    expect(lines[1]!.heard).toEqual([])
  })
})

describe('a dropped file', () => {
  it('gets its token', async () => {
    const { drop, issued } = carried()
    await expect(drop('/home/ann/films.csv')).resolves.toMatchObject({ token: 'token' })
    expect(issued).toEqual(['/home/ann/films.csv'])
  })

  it.each([[''], [undefined], [null], [7], [['/etc/passwd']], [{ path: '/etc/passwd' }]])(
    'that lies nowhere is refused in a sentence: %j',
    async (path) => {
      const { drop, issued } = carried()
      await expect(drop(path)).rejects.toThrow('This is no file on the disk.')
      expect(issued).toEqual([])
    }
  )
})
