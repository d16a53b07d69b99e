/** The application's native menu. */
import type { MenuItemConstructorOptions } from 'electron'

export interface MenuActions {
  openWindow(): void
  /** Goes to an address of the page, such as `#/new`. */
  go(address: string): void
}

/** The menu, as the platform has it. */
export function menuTemplate(
  { openWindow, go }: MenuActions,
  platform: NodeJS.Platform = process.platform
): MenuItemConstructorOptions[] {
  const isMac = platform === 'darwin'
  return [
    ...(isMac ? [{ role: 'appMenu' as const }] : []),
    {
      label: '&File',
      submenu: [
        { label: 'New Project…', accelerator: 'CmdOrCtrl+N', click: () => go('#/new') },
        { label: 'All Projects', accelerator: 'CmdOrCtrl+O', click: () => go('#/') },
        { label: 'New Window', accelerator: 'CmdOrCtrl+Shift+N', click: openWindow },
        { type: 'separator' },
        { label: 'Settings', accelerator: 'CmdOrCtrl+,', click: () => go('#/settings') },
        { type: 'separator' },
        { role: isMac ? 'close' : 'quit' }
      ]
    },
    { role: 'editMenu' },
    {
      label: '&View',
      submenu: [
        { role: 'reload' },
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { type: 'separator' },
        { role: 'togglefullscreen' },
        { role: 'toggleDevTools' }
      ]
    },
    { role: 'windowMenu' }
  ]
}
