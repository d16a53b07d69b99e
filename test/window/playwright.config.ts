/** Stories of the windows, in a real Chromium on the real core. */
import { defineConfig } from '@playwright/test'
import { findChromium } from './browser.ts'

export default defineConfig({
  testDir: '.',
  outputDir: '../../out/window-tests',
  // Each story trains models, on both cores: one at a time.
  workers: 1,
  fullyParallel: false,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  reporter: [['list'], ['json', { outputFile: '../../out/window-tests.json' }]],
  use: {
    viewport: { width: 1280, height: 800 },
    trace: 'retain-on-failure',
    launchOptions: {
      ...(findChromium() && { executablePath: findChromium()! }),
      // Containers have no user namespaces for Chromium's sandbox; the page is our own.
      args: ['--no-sandbox']
    }
  },
  projects: [{ name: 'web', testMatch: 'stories/*.spec.ts' }]
})
