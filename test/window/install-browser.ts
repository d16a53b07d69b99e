/** Installs a Chromium where there is none: Playwright's own, or failing that Debian's package. */
import { spawnSync } from 'node:child_process'
import { findChromium } from './browser.ts'

const ways: readonly (readonly string[])[] = [
  ['npx', 'playwright', 'install', 'chromium'],
  ['apt-get', 'update'],
  ['apt-get', 'install', '--yes', '--no-install-recommends', 'chromium', 'fonts-dejavu-core']
]

for (const [program, ...options] of ways) {
  if (findChromium()) break
  console.log(`No Chromium yet: ${program} ${options.join(' ')}`)
  spawnSync(program!, options, { stdio: 'inherit', timeout: 300_000 })
}
const found = findChromium()
if (!found) {
  console.error(
    'The stories of the windows need Chromium. Install it (npx playwright install chromium, or ' +
      'apt-get install chromium), or name it in ERRATUM_CHROMIUM.'
  )
  process.exit(1)
}
console.log(`Chromium: ${found}`)
