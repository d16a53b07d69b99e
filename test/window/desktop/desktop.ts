/** Stories of what only the desktop has: the built main process on the stand-in for Electron. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { test as base } from '@playwright/test'
import type { StandInOptions } from '../../support/electron/story-side.ts'
import { StandIn } from '../../support/electron/story-side.ts'

export { expect } from '@playwright/test'

interface Desktop {
  /** A folder of the story's own. */
  readonly folder: string
  readonly dataFolder: string
  /** Starts the application on the data folder. */
  start(options?: StandInOptions & { dataFolder?: string }): StandIn
  /** Shows the next window that it opens, without the tour. */
  window(application: StandIn): Promise<Page>
}

export const test = base.extend<{ desktop: Desktop }>({
  desktop: async ({ context }, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'erratum-desktop-'))
    const dataFolder = join(folder, 'data')
    const started: StandIn[] = []
    let isTourSeen = false
    await use({
      folder,
      dataFolder,
      start(options = {}) {
        const application = StandIn.start(options.dataFolder ?? dataFolder, options)
        started.push(application)
        return application
      },
      async window(application) {
        const page = await application.window(context)
        // Shown once in a browser, and so in a story.
        if (!isTourSeen) await page.getByRole('button', { name: 'Skip' }).click()
        isTourSeen = true
        return page
      }
    })
    for (const application of started) await application.close()
    rmSync(folder, { recursive: true, force: true })
  }
})
