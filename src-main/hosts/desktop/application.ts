/** The desktop application, in the order in which it starts. */
import {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  Menu,
  Notification,
  protocol,
  session
} from 'electron'
import { access, constants } from 'node:fs/promises'
import { join } from 'node:path'
import { toEnvelope } from '../../errors.ts'
import { makeFolder } from '../../files/write.ts'
import { writableOrExplain } from '../../files/write-errors.ts'
import { startCore } from '../core-thread.ts'
import type { Core } from '../core-thread.ts'
import { pageFolder } from '../page-files.ts'
import { carryLines } from './lines.ts'
import { menuTemplate } from './menu.ts'
import { newsOn } from './news.ts'
import { startWorkerProcess } from './processes.ts'
import { pageHandler, scheme } from './scheme.ts'
import { limitPermissions, lockIn } from './security.ts'
import { desktopShell } from './shell.ts'
import { WindowPlaces } from './window-places.ts'
import { notePlace, openWindow } from './windows.ts'

/** Before the application is ready: what Electron wants to know from the start. */
export function prepare(dataFolder: string): void {
  // Electron's own files lie beside ours, and the lock of a single instance with them.
  app.setPath('userData', electronFolder(dataFolder))
  protocol.registerSchemesAsPrivileged([
    { scheme, privileges: { standard: true, secure: true, supportFetchAPI: true } }
  ])
  app.enableSandbox()
  app.on('web-contents-created', (_, contents) => lockIn(contents))
}

/** Opens the application, or says why it cannot be opened. */
export async function open(dataFolder: string): Promise<void> {
  try {
    await makeWritable(electronFolder(dataFolder))
    // One application a data folder; the one that runs hears of this start.
    if (!app.requestSingleInstanceLock()) return app.quit()
    await app.whenReady()
    await start(dataFolder)
  } catch (error) {
    await app.whenReady()
    end('Erratum cannot start', error)
  }
}

/** Ends at once, and says why. */
function end(title: string, error: unknown): void {
  dialog.showErrorBox(title, toEnvelope(error).message)
  app.exit(1)
}

function electronFolder(dataFolder: string): string {
  return join(dataFolder, 'electron')
}

/** Where its lock cannot be written, Electron would say that another instance runs. */
async function makeWritable(folder: string): Promise<void> {
  await makeFolder(folder)
  await writableOrExplain(folder, () => access(folder, constants.W_OK))
}

/** Starts the core and opens the first window. */
async function start(dataFolder: string): Promise<void> {
  protocol.handle(scheme, pageHandler(pageFolder()))
  limitPermissions(session.defaultSession)
  const core = await startCore({
    dataFolder,
    folders: [],
    shell: desktopShell,
    startProcess: startWorkerProcess,
    ...newsOn({
      windows: () => BrowserWindow.getAllWindows(),
      notify
    })
  })
  void core.failure.then((error) =>
    end('Erratum has failed. Start it again: finished rounds are kept.', error)
  )
  carryLines(ipcMain, core, (reason) => console.error(`A message was refused. ${reason}`))
  const places = new WindowPlaces(join(dataFolder, 'window.json'))
  const show = () => openWindow(places)
  const go = (address: string) => {
    const window = BrowserWindow.getFocusedWindow() ?? BrowserWindow.getAllWindows()[0] ?? show()
    void window.webContents.executeJavaScript(`location.hash = ${JSON.stringify(address)}`)
  }
  Menu.setApplicationMenu(
    Menu.buildFromTemplate(menuTemplate({ openWindow: () => void show(), go }))
  )
  show()
  app.on('activate', () => {
    if (BrowserWindow.getAllWindows().length === 0) show()
  })
  app.on('second-instance', () => {
    const window = BrowserWindow.getAllWindows()[0] ?? show()
    if (window.isMinimized()) window.restore()
    window.focus()
  })
  endWith(core, places)
}

function notify(news: { title: string; body: string }, clicked: () => void): void {
  if (Notification.isSupported()) new Notification(news).on('click', clicked).show()
}

/** Ends with the last window, as the platform has it, and finishes first what is being written. */
function endWith(core: Core, places: WindowPlaces): void {
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit()
  })
  let ended = false
  app.on('before-quit', (event) => {
    if (ended) return
    event.preventDefault()
    for (const window of BrowserWindow.getAllWindows()) notePlace(window, places)
    void Promise.allSettled([core.stop(), places.saved()]).finally(() => {
      ended = true
      app.quit()
    })
  })
}
