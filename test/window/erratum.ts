/** The application as stories use it: a process of its own, in a data folder of its own, on any host. */
import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BrowserContext, Page } from '@playwright/test'
import { _electron, test as base, expect } from '@playwright/test'
import { root } from '../../src-main/installation.ts'
import { StandIn } from '../support/electron/story-side.ts'

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
  return {
    dataFolder,
    async open({ tour = false } = {}) {
      const page = await running.window()
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
