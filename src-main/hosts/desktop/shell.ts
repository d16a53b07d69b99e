/** What the desktop can do that a page cannot: dialogs of the system, its file manager. */
import { BrowserWindow, dialog, shell as system } from 'electron'
import type { OpenDialogOptions } from 'electron'
import type { Shell } from '../../service/shell.ts'

const questions = {
  file: {
    title: 'Choose a data file',
    properties: ['openFile'],
    filters: [
      { name: 'Data', extensions: ['csv', 'tsv', 'jsonl', 'ndjson', 'parquet'] },
      { name: 'All files', extensions: ['*'] }
    ]
  },
  folder: { title: 'Choose a folder', properties: ['openDirectory', 'createDirectory'] }
} satisfies Record<string, OpenDialogOptions>

export const desktopShell: Shell = {
  host: 'desktop',
  hasDialogs: true,
  async pick(what) {
    const window = BrowserWindow.getFocusedWindow()
    const { canceled, filePaths } = window
      ? await dialog.showOpenDialog(window, questions[what])
      : await dialog.showOpenDialog(questions[what])
    return canceled ? null : (filePaths[0] ?? null)
  },
  reveal(path) {
    system.showItemInFolder(path)
    return Promise.resolve()
  }
}
