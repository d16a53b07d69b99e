/** Stories of the windows, in a real Chromium on the real core. */
import { defineConfig } from '@playwright/test'
import { electronIsHere, findChromium } from './browser.ts'
import type { Host } from './erratum.ts'

if (!electronIsHere()) {
  console.warn(
    'SKIPPED: the project "desktop", which runs the stories in Electron itself. Its program is not ' +
      'here: run npx install-electron where it can be fetched (README, "Run the tests").'
  )
}

export default defineConfig<object, { host: Host }>({
  testDir: '.',
  outputDir: '../../out/window-tests',
  // Each story trains models, on both cores: one at a time. (Two are faster, but packaging clears the
  // folder of another that packages, and what waits for a line to come back waits too long.)
  workers: 1,
  fullyParallel: false,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  reporter: [['list'], ['json', { outputFile: '../../out/window-tests.json' }]],
  use: {
    viewport: { width: 1280, height: 800 },
    // Pictures of every moment take a tenth of the time; what the page held is kept without.
    trace: { mode: 'retain-on-failure', screenshots: false },
    launchOptions: {
      ...(findChromium() && { executablePath: findChromium()! }),
      // Containers have no user namespaces for Chromium's sandbox; the page is our own. A GPU in
      // software takes the cores from what is tested.
      args: ['--no-sandbox', '--disable-gpu']
    }
  },
  projects: [
    { name: 'web', testMatch: ['stories/*.spec.ts', 'web/*.spec.ts'], use: { host: 'web' } },
    // The built main process and preload script, unmodified, on a stand-in for Electron.
    {
      name: 'stand-in',
      testMatch: ['stories/first.spec.ts', 'desktop/*.spec.ts'],
      use: { host: 'stand-in' }
    },
    ...(electronIsHere()
      ? [{ name: 'desktop', testMatch: 'stories/*.spec.ts', use: { host: 'electron' as const } }]
      : [])
  ]
})
