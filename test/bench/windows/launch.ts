/** From the command until the first view can be used, in a browser that runs already. */
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import type { BrowserContext } from '@playwright/test'
import { end, serve } from '../../window/serving.ts'
import type { Figure } from './figures.ts'
import { projectsOf } from './folders.ts'
import type { FolderMaker, WindowBench } from './window-bench.ts'

const usableMs = 1500
const times = 7

interface Launch {
  /** Until the address is printed. */
  server: number
  /** From then until the primary action can be clicked. */
  page: number
  /** From then until the projects are listed; 0 where there are none. */
  list: number
}

/** Launches on a data folder: a first one, in a browser that knows nothing of it, and later ones. */
export async function launches(bench: WindowBench, make: FolderMaker): Promise<Figure[]> {
  const folder = await bench.folder(make)
  const projects = projectsOf(folder)
  const port = await freePort()
  const first: Launch[] = []
  const later: Launch[] = []
  for (let n = 0; n < times; n++) {
    await using context = await bench.profile()
    first.push(await launch(folder, { port, context, action: 'Next', projects: [] }))
    later.push(await launch(folder, { port, context, action: 'New project', projects }))
  }
  const name = projects.length > 0 ? `${projects.length} projects` : 'no project'
  const figures = (which: string, all: readonly Launch[]): Figure[] => [
    { name: `launch, ${name}, ${which}: server ready`, ms: all.map(({ server }) => server) },
    { name: `launch, ${name}, ${which}: page usable`, ms: all.map(({ page }) => page) },
    {
      name: `launch, ${name}, ${which}: both`,
      ms: all.map(({ server, page }) => server + page),
      target: { of: 'median', ms: usableMs }
    }
  ]
  return [
    ...figures('first visit', first),
    ...figures('later', later),
    ...(projects.length > 0
      ? [
          {
            name: `launch, ${name}, later: listed as well`,
            ms: later.map(({ server, page, list }) => server + page + list)
          }
        ]
      : [])
  ]
}

async function launch(
  folder: string,
  given: { port: number; context: BrowserContext; action: string; projects: readonly string[] }
): Promise<Launch> {
  const started = performance.now()
  const serving = await serve(folder, { port: given.port })
  const ready = performance.now()
  const page = await given.context.newPage()
  await page.goto(serving.url, { waitUntil: 'commit' })
  const canBeClicked = (text: string) =>
    page.waitForFunction((name) => globalThis.pageSide.canBeClicked('a, button', name), text, {
      polling: 'raf'
    })
  await canBeClicked(given.action)
  const usable = performance.now()
  for (const project of given.projects) await canBeClicked(project)
  const listed = performance.now()
  if (given.action === 'Next') {
    await page.getByRole('button', { name: 'Skip' }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    // That the tour was seen is written behind the page's back.
    await page.waitForTimeout(200)
  }
  await page.close()
  await end(serving.process)
  return { server: ready - started, page: usable - ready, list: listed - usable }
}

/** A port that the next launches can have: the browser knows an application by it. */
async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
