/** Desktop windows: how they are made. */
import { BrowserWindow, screen } from 'electron'
import { join } from 'node:path'
import { root } from '../../installation.ts'
import { pageOrigin } from './scheme.ts'
import type { WindowPlaces } from './window-places.ts'
import { visiblePlace } from './window-places.ts'

/** Opens a window on the page; it is shown when there is something to see. */
export function openWindow(places: WindowPlaces): BrowserWindow {
  const { maximized, at, width, height } = visiblePlace(
    places.last,
    screen.getAllDisplays().map(({ workArea }) => workArea)
  )
  const window = new BrowserWindow({
    // A second window would hide the first one.
    ...(BrowserWindow.getAllWindows().length === 0 && at),
    width,
    height,
    minWidth: 400,
    minHeight: 300,
    show: false,
    title: 'Erratum',
    webPreferences: {
      preload: join(root, 'out', 'preload', 'index.cjs'),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false
    }
  })
  if (maximized) window.maximize()
  window.once('ready-to-show', () => window.show())
  window.on('close', () => notePlace(window, places))
  void window.loadURL(`${pageOrigin}/`)
  return window
}

/** Remembers where a window stands. */
export function notePlace(window: BrowserWindow, places: WindowPlaces): void {
  const { x, y, width, height } = window.getNormalBounds()
  places.note({ at: { x, y }, width, height, maximized: window.isMaximized() })
}
