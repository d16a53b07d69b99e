/** The preload script of a desktop window: the only thing between the page and the main process. */
import { contextBridge, ipcRenderer, webUtils } from 'electron'
import type { Bridge } from './bridge.ts'
import { channels } from './bridge.ts'

const bridge: Bridge = {
  connect(receive) {
    ipcRenderer.removeAllListeners(channels.message)
    ipcRenderer.on(channels.message, (_, data: string) => receive(data))
    ipcRenderer.send(channels.connect)
  },
  send: (data) => ipcRenderer.send(channels.message, data),
  dropped: (file) => ipcRenderer.invoke(channels.dropped, webUtils.getPathForFile(file))
}

contextBridge.exposeInMainWorld('erratum', bridge)
