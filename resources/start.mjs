// Opens the desktop application, or, where Electron's program is not to be had, the same interface in
// a browser.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const electron = dirname(createRequire(import.meta.url).resolve('electron/package.json'))

/** The path of Electron's program; undefined where it was not fetched. */
function electronProgram() {
  const named = join(electron, 'path.txt')
  const path = existsSync(named) && join(electron, 'dist', readFileSync(named, 'utf8'))
  return path && existsSync(path) ? path : undefined
}

/** Fetches the program, about 110 MB; without a network that fails at once. */
function fetchElectron() {
  console.log('Fetching Electron’s program, this once…')
  spawnSync(process.execPath, [join(electron, 'install.js')], { timeout: 600_000 })
}

const options = process.argv.slice(2)
if (!electronProgram()) fetchElectron()
const program = electronProgram()
if (program) {
  spawn(program, ['.', ...options], { stdio: 'inherit' }).on('exit', (code) =>
    process.exit(code ?? 1)
  )
} else {
  console.log(
    'Electron’s program is not here and could not be fetched, so the same interface opens in a browser.'
  )
  process.argv.splice(2, process.argv.length, 'serve', ...options)
  await import('../out/main/cli.js')
}
