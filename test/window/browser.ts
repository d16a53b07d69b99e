/** Finds the Chromium that the stories of the windows run in. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from '@playwright/test'
import { root } from '../../src-main/installation.ts'

const usualPlaces = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'
]

/** The program: the one that ERRATUM_CHROMIUM names, the system's, or Playwright's own. */
export function findChromium(): string | undefined {
  const named = process.env['ERRATUM_CHROMIUM']
  return [named, ...usualPlaces, chromium.executablePath()].find(
    (path) => path !== undefined && existsSync(path)
  )
}

/** Whether Electron's program was fetched; asking the package itself would fetch it. */
export function electronIsHere(): boolean {
  const folder = join(root, 'node_modules', 'electron')
  const named = join(folder, 'path.txt')
  return existsSync(named) && existsSync(join(folder, 'dist', readFileSync(named, 'utf8')))
}
