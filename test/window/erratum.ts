/** The application as stories use it: a process of its own, in a data folder of its own, on any host. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BrowserContext, Page } from '@playwright/test'
import { _electron, test as base, expect } from '@playwright/test'
import { root } from '../../src-main/installation.ts'
import { StandIn } from '../support/electron/story-side.ts'
import { end, serve } from './serving.ts'

/** What carries the windows: the web host, Electron, or the stand-in for Electron. */
export type Host = 'web' | 'stand-in' | 'electron'

export interface Erratum {
  readonly dataFolder: string
  /** Opens a window of the application; the tour of the first start is skipped. */
  open(options?: { tour?: boolean }): Promise<Page>
  /** Ends the process and starts it again on the same data folder; on the web at another address. */
  restart(): Promise<void>
}

interface Fixtures {
  /** An application without any project. */
  erratum: Erratum
  /** One that has the demo project, trained. */
  withDemo: Erratum
}

interface WorkerFixtures {
  host: Host
  /** A data folder with the demo project, trained once for all stories. */
  trainedDemo: string
}

export { expect }

export const test = base.extend<Fixtures, WorkerFixtures>({
  host: ['web', { option: true, scope: 'worker' }],

  erratum: async ({ context, host }, use) => {
    await using application = await start(host, context, newFolder())
    await use(application)
  },

  withDemo: async ({ context, host, trainedDemo }, use) => {
    const folder = newFolder()
    cpSync(trainedDemo, folder, { recursive: true })
    // Projects are known by where they lie.
    const list = join(folder, 'projects.json')
    writeFileSync(list, readFileSync(list, 'utf8').replaceAll(trainedDemo, folder))
    await using application = await start(host, context, folder)
    await use(application)
  },

  trainedDemo: [
    async ({ browser }, use) => {
      const folder = newFolder()
      {
        const context = await browser.newContext()
        await using application = await start('web', context, folder, { keep: true })
        const page = await application.open()
        await page.getByRole('button', { name: 'Open the demo' }).click()
        await page.waitForURL(/\/mistakes/, { timeout: 120_000 })
        await context.close()
      }
      await use(folder)
      rmSync(folder, { recursive: true, force: true })
    },
    { scope: 'worker', timeout: 180_000 }
  ]
})

function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'erratum-window-'))
}

/** A running application. */
interface Running {
  window(): Promise<Page>
  end(): Promise<void>
}

async function start(
  host: Host,
  context: BrowserContext,
  dataFolder: string,
  { keep = false } = {}
): Promise<Erratum & AsyncDisposable> {
  const run = () => starters[host](context, dataFolder)
  let running = await run()
  const errors: string[] = []
  return {
    dataFolder,
    async open({ tour = false } = {}) {
      const page = await running.window()
      page.on('pageerror', ({ stack, message }) => errors.push(stack ?? message))
      await expect(page.getByRole('navigation', { name: 'Views' })).toBeAttached()
      if (tour) return page
      const skip = page.getByRole('button', { name: 'Skip' })
      // A second window of one browser has seen it.
      await skip.click({ timeout: 3000 }).catch(() => undefined)
      return page
    },
    async restart() {
      await running.end()
      running = await run()
    },
    async [Symbol.asyncDispose]() {
      await running.end()
      if (!keep) rmSync(dataFolder, { recursive: true, force: true })
      expect(errors, 'what the page has thrown and nobody caught').toEqual([])
    }
  }
}

const starters: Readonly<
  Record<Host, (context: BrowserContext, dataFolder: string) => Promise<Running>>
> = {
  async web(context, dataFolder) {
    const serving = await serve(dataFolder)
    return {
      async window() {
        const page = await context.newPage()
        await page.goto(serving.url)
        return page
      },
      end: () => end(serving.process)
    }
  },
  'stand-in'(context, dataFolder) {
    const application = StandIn.start(dataFolder)
    return Promise.resolve({
      window: () => application.window(context),
      end: () => application.close()
    })
  },
  async electron(_, dataFolder) {
    const application = await _electron.launch({
      args: [
        root,
        `--data-folder=${dataFolder}`,
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])
      ]
    })
    return {
      window: () => application.firstWindow(),
      end: () => application.close()
    }
  }
}
