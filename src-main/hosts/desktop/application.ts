/** The desktop application, in the order in which it starts. */
import { app, BrowserWindow, dialog, ipcMain, Menu, protocol, session } from 'electron'
import { join } from 'node:path'
import { toEnvelope } from '../../errors.ts'
import { startCore } from '../core-thread.ts'
import type { Core } from '../core-thread.ts'
import { pageFolder } from '../page-files.ts'
import { carryLines } from './lines.ts'
import { menuTemplate } from './menu.ts'
import { showProgress, tellOfEnd } from './news.ts'
import { pageHandler, scheme } from './scheme.ts'
import { limitPermissions, lockIn } from './security.ts'
import { desktopShell } from './shell.ts'
import { openWindow, windowPlaces } from './windows.ts'

/** Before the application is ready: what Electron wants to know from the start. */
export function prepare(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme, privileges: { standard: true, secure: true, supportFetchAPI: true } }
  ])
  app.enableSandbox()
  app.on('web-contents-created', (_, contents) => lockIn(contents))
}

/** One application a data folder; another start brings its window to the front. */
export function isOnly(): boolean {
  if (!app.requestSingleInstanceLock()) return false
  app.on('second-instance', () => {
    const [window] = BrowserWindow.getAllWindows()
    if (window?.isMinimized()) window.restore()
    window?.focus()
  })
  return true
}

/** Opens the application, or says why it cannot be opened. */
export async function open(dataFolder: string): Promise<void> {
  try {
    await start(dataFolder)
  } catch (error) {
    dialog.showErrorBox('Erratum cannot start', toEnvelope(error).message)
    app.exit(1)
  }
}

/** Starts the core and opens the first window. */
async function start(dataFolder: string): Promise<void> {
  protocol.handle(scheme, pageHandler(pageFolder()))
  limitPermissions(session.defaultSession)
  const core = await startCore({
    dataFolder,
    folders: [],
    shell: desktopShell,
    onProgress: showProgress,
    onEnded: tellOfEnd
  })
  carryLines(ipcMain, core, (reason) => console.error(`A message was refused. ${reason}`))
  const places = windowPlaces(join(dataFolder, 'window.json'))
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
  endWith(core)
}

/** Ends with the last window, as the platform has it, and lets the core finish what it writes. */
function endWith(core: Core): void {
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit()
  })
  let ended = false
  app.on('before-quit', (event) => {
    if (ended) return
    event.preventDefault()
    void core.stop().finally(() => {
      ended = true
      app.quit()
    })
  })
}
