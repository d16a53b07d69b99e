/** Carries the calls of each desktop window between its page and the core. */
import type { IpcMain, IpcMainEvent, IpcMainInvokeEvent, WebContents } from 'electron'
import { z } from 'zod'
import { channels } from '../../../src-preload/bridge.ts'
import { ErratumError } from '../../errors.ts'
import type { Connection, Core } from '../core-thread.ts'
import { refusalOf } from './security.ts'

/** Listens to the windows; `refused` is told the reason for each message that is not taken. */
export function carryLines(ipc: IpcMain, core: Core, refused: (reason: string) => void): void {
  const lines = new Map<number, Connection>()
  const isRefused = ({ senderFrame }: IpcMainEvent | IpcMainInvokeEvent) => {
    const reason = refusalOf(senderFrame)
    if (reason !== undefined) refused(reason)
    return reason !== undefined
  }

  ipc.on(channels.connect, (event) => {
    if (isRefused(event)) return
    const { sender } = event
    // A page that was loaded anew opens its line anew.
    lines.get(sender.id)?.close()
    lines.set(sender.id, connect(core, sender))
    sender.once('destroyed', () => {
      lines.get(sender.id)?.close()
      lines.delete(sender.id)
    })
  })
  ipc.on(channels.message, (event, data: unknown) => {
    if (isRefused(event)) return
    if (typeof data === 'string') lines.get(event.sender.id)?.send(data)
    else refused('It is no text.')
  })
  ipc.handle(channels.dropped, (event, path: unknown) => {
    if (isRefused(event)) {
      throw new ErratumError('bad-argument', 'This page may not hand files in.')
    }
    return core.issue(z.string().min(1).parse(path))
  })
}

function connect(core: Core, sender: WebContents): Connection {
  return core.connect({
    receive: (data) => {
      if (!sender.isDestroyed()) sender.send(channels.message, data)
    },
    closed: () => undefined
  })
}
