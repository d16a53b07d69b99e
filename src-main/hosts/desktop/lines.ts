/** Carries the calls of each desktop window between its page and the core. */
import type { IpcMain, IpcMainEvent, IpcMainInvokeEvent, WebContents } from 'electron'
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
    const former = lines.get(sender.id)
    lines.set(sender.id, connect(core, sender))
    // A page that was loaded anew opens its line anew.
    if (former) return former.close()
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
    if (typeof path === 'string' && path !== '') return core.issue(path)
    // What a script has made, or was dragged out of another page, lies nowhere on the disk.
    throw new ErratumError('bad-argument', 'This is no file on the disk. Save it, then drop it.')
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
