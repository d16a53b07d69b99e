/** Finds the Chromium that the stories of the windows run in. */
import { existsSync } from 'node:fs'
import { chromium } from '@playwright/test'

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
