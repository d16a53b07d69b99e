/** Pictures of every view, for the documentation and to be looked at: `npm run screenshots`. */
import { defineConfig } from '@playwright/test'
import type { Host } from '../window/erratum.ts'
import stories from '../window/playwright.config.ts'
import type { Pictures } from './pictures.ts'

export default defineConfig<object, { host: Host; pictures: Pictures }>({
  ...stories,
  testDir: '.',
  testMatch: 'views.spec.ts',
  timeout: 600_000,
  reporter: 'list',
  projects: [
    {
      name: 'documentation',
      use: {
        viewport: { width: 1280, height: 800 },
        pictures: { folder: 'docs/windows', rounds: 10 }
      }
    },
    // To be looked at only: other sizes, and texts and labels that strain the layout.
    {
      name: 'large',
      use: { viewport: { width: 1920, height: 1080 }, pictures: { folder: 'out/windows/large' } }
    },
    {
      name: 'enlarged',
      use: {
        viewport: { width: 640, height: 400 },
        deviceScaleFactor: 2,
        pictures: { folder: 'out/windows/enlarged' }
      }
    },
    {
      name: 'strained',
      use: {
        viewport: { width: 1280, height: 800 },
        pictures: { folder: 'out/windows/strained', strained: true }
      }
    }
  ]
})
