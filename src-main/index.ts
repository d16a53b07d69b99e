/** Electron's entry: a table of contents of hosts/desktop/application.ts. */
import { app } from 'electron'
import { resolve } from 'node:path'
import { open, prepare } from './hosts/desktop/application.ts'
import { usualDataFolder } from './service/data-folder.ts'

const given = app.commandLine.getSwitchValue('data-folder')
const dataFolder = given === '' ? usualDataFolder() : resolve(given)

prepare(dataFolder)
// Not awaited here: Electron is not ready before this file has run to its end.
void open(dataFolder)
