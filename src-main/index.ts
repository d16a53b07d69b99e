/** Electron's entry: a table of contents of hosts/desktop/application.ts. */
import { app } from 'electron'
import { resolve } from 'node:path'
import { isOnly, open, prepare } from './hosts/desktop/application.ts'
import { usualDataFolder } from './service/data-folder.ts'

const given = app.commandLine.getSwitchValue('data-folder')
const dataFolder = given === '' ? usualDataFolder() : resolve(given)
// Electron's own files lie beside ours, and the lock of a single instance with them.
app.setPath('userData', resolve(dataFolder, 'electron'))

prepare()
// Not awaited here: Electron is not ready before this file has run to its end.
if (isOnly()) void app.whenReady().then(() => open(dataFolder))
else app.quit()
