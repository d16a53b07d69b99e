/** What the cases of the windows share: one browser, and data folders that are made when needed. */
import { rmSync } from 'node:fs'
import type { Browser, BrowserContext, Page } from '@playwright/test'
import { end, serve } from '../../window/serving.ts'
import { pageSide } from './page-side.ts'

/** Makes a data folder; returns its path. */
export type FolderMaker = () => Promise<string>

export interface WindowBench {
  /** The folder of a maker, made once for all cases. */
  folder(make: FolderMaker): Promise<string>
  /** A profile of its own, with what is measured in the page in every page of it. */
  profile(): Promise<BrowserContext>
  /** A window of the application on a data folder, past the tour, and with it the application. */
  open(make: FolderMaker): Promise<{ page: Page } & AsyncDisposable>
  /** Removes the folders. */
  close(): Promise<void>
}

export function openBench(browser: Browser): WindowBench {
  const folders = new Map<FolderMaker, Promise<string>>()
  const bench: WindowBench = {
    folder(make) {
      let folder = folders.get(make)
      if (!folder) folders.set(make, (folder = make()))
      return folder
    },
    async profile() {
      const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
      // tsx gives functions their names by a helper, which pages do not have.
      await context.addInitScript('globalThis.__name = (named) => named')
      await context.addInitScript(pageSide)
      return context
    },
    async open(make) {
      const serving = await serve(await bench.folder(make))
      const context = await bench.profile()
      const page = await context.newPage()
      await page.goto(serving.url)
      await page.getByRole('button', { name: 'Skip' }).click()
      return {
        page,
        async [Symbol.asyncDispose]() {
          await context.close()
          await end(serving.process)
        }
      }
    },
    async close() {
      for (const folder of await Promise.all(folders.values())) {
        rmSync(folder, { recursive: true, force: true })
      }
    }
  }
  return bench
}
