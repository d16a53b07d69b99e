/** The application as stories use it: the web host as a process of its own, in a data folder of its own. */
import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { test as base, expect } from '@playwright/test'
import { root } from '../../src-main/installation.ts'

export interface Erratum {
  readonly dataFolder: string
  /** The address with its token. */
  readonly url: string
  /** Ends the process and starts it again on the same data folder, at another address. */
  restart(): Promise<void>
  /** Opens the application in a page. */
  open(page: Page): Promise<void>
}

interface Fixtures {
  /** An application without any project. */
  erratum: Erratum
  /** One that has the demo project, trained. */
  withDemo: Erratum
}

interface WorkerFixtures {
  /** A data folder with the demo project, trained once for all stories. */
  trainedDemo: string
}

export { expect }

export const test = base.extend<Fixtures, WorkerFixtures>({
  erratum: async ({}, use) => {
    await using application = await start(newFolder())
    await use(application)
  },

  withDemo: async ({ trainedDemo }, use) => {
    const folder = newFolder()
    cpSync(trainedDemo, folder, { recursive: true })
    // Projects are known by where they lie.
    const list = join(folder, 'projects.json')
    writeFileSync(list, readFileSync(list, 'utf8').replaceAll(trainedDemo, folder))
    await using application = await start(folder)
    await use(application)
  },

  trainedDemo: [
    async ({ browser }, use) => {
      const folder = newFolder()
      {
        await using application = await start(folder, { keep: true })
        const page = await browser.newPage()
        await application.open(page)
        await page.getByRole('button', { name: 'Open the demo' }).click()
        await page.waitForURL(/\/mistakes/, { timeout: 120_000 })
        await page.close()
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

async function start(
  dataFolder: string,
  { keep = false } = {}
): Promise<Erratum & AsyncDisposable> {
  let serving = await serve(dataFolder)
  return {
    dataFolder,
    get url() {
      return serving.url
    },
    async restart() {
      await end(serving.process)
      serving = await serve(dataFolder)
    },
    async open(page) {
      await page.goto(serving.url)
      await expect(page.getByRole('link', { name: 'Erratum' })).toBeVisible()
    },
    async [Symbol.asyncDispose]() {
      await end(serving.process)
      if (!keep) rmSync(dataFolder, { recursive: true, force: true })
    }
  }
}

/** Starts what `npm run build` has made, as `npm start` does, and reads the address that it prints. */
async function serve(dataFolder: string): Promise<{ url: string; process: ChildProcess }> {
  if (!existsSync(join(root, 'out', 'renderer', 'index.html'))) {
    throw new Error('The page is not built: npm run build.')
  }
  const program = spawn(
    process.execPath,
    [join(root, 'out', 'main', 'cli.js'), 'serve', '--data-folder', dataFolder],
    { stdio: ['ignore', 'pipe', 'pipe'] }
  )
  let said = ''
  const url = await new Promise<string>((resolve, reject) => {
    const listen = (chunk: Buffer) => {
      said += chunk.toString()
      const [address] = /http:\/\/\S+/.exec(said) ?? []
      if (address) resolve(address)
    }
    program.stdout.on('data', listen)
    program.stderr.on('data', listen)
    program.once('exit', (code) => reject(new Error(`serve ended with ${code}: ${said}`)))
  })
  return { url, process: program }
}

async function end(program: ChildProcess): Promise<void> {
  if (program.exitCode !== null) return
  const ended = new Promise((resolve) => program.once('exit', resolve))
  program.kill('SIGINT')
  await ended
}
