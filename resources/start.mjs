// Opens the desktop application, or, where Electron's program is not to be had, the same interface in
// a browser.
import { spawn } from 'node:child_process'

/** The path of Electron's program; it is fetched the first time. Undefined where that fails. */
async function electronProgram() {
  try {
    const { default: path } = await import('electron')
    return path
  } catch {
    return undefined
  }
}

const program = await electronProgram()
const options = process.argv.slice(2)
if (program) {
  spawn(program, ['.', ...options], { stdio: 'inherit' }).on('exit', (code) =>
    process.exit(code ?? 1)
  )
} else {
  console.log(
    'Electron’s program is not here and could not be fetched, so the same interface opens in a browser.'
  )
  process.argv.splice(2, process.argv.length, 'serve', ...options)
  await import('./erratum.mjs')
}
