/** Desktop windows: how they are made, and where they stood when they were last closed. */
import { BrowserWindow, screen } from 'electron'
import { join } from 'node:path'
import { z } from 'zod'
import { root } from '../../installation.ts'
import { Stored } from '../../service/stored.ts'
import { pageOrigin } from './scheme.ts'

const placeSchema = z.object({
  /** null: wherever the system puts it. */
  at: z.object({ x: z.number(), y: z.number() }).nullable(),
  width: z.number().min(400),
  height: z.number().min(300),
  maximized: z.boolean()
})

export type WindowPlace = z.infer<typeof placeSchema>

const usualPlace: WindowPlace = { at: null, width: 1280, height: 800, maximized: false }

/** Remembers where windows stand in a file. */
export function windowPlaces(path: string): Stored<WindowPlace> {
  return new Stored<WindowPlace>(path, placeSchema, usualPlace)
}

/** The place, or the usual one where no screen shows that part any more. */
export function visiblePlace(
  place: WindowPlace,
  screens: readonly { x: number; y: number; width: number; height: number }[]
): WindowPlace {
  if (!place.at) return place
  const { x, y } = place.at
  const { width } = place
  const isSeen = screens.some(
    (area) =>
      x + width > area.x + 50 &&
      x < area.x + area.width - 50 &&
      y >= area.y &&
      y < area.y + area.height - 50
  )
  return isSeen ? place : { ...place, at: null }
}

/** Opens a window on the page; it is shown when there is something to see. */
export function openWindow(places: Stored<WindowPlace>): BrowserWindow {
  const { maximized, at, width, height } = visiblePlace(
    places.value,
    screen.getAllDisplays().map(({ workArea }) => workArea)
  )
  const window = new BrowserWindow({
    ...at,
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
  window.on('close', () => {
    const { x, y, width, height } = window.getNormalBounds()
    void places.set({ at: { x, y }, width, height, maximized: window.isMaximized() })
  })
  void window.loadURL(`${pageOrigin}/`)
  return window
}
