/** `erratum serve`: the windows' interface in a browser. */
import { resolve } from 'node:path'
import { launchCore } from '../hosts/core-thread.ts'
import { pageFolder } from '../hosts/page-files.ts'
import { startWebHost } from '../hosts/web/server.ts'
import { startOnUsualPort } from '../hosts/web/usual-port.ts'
import { openProject } from '../project/project.ts'
import { namesIn, usualDataFolder } from '../service/data-folder.ts'
import { run } from './run.ts'

export interface ServeOptions {
  dir?: string
  /** That of the last time, or any that is free, unless given. */
  port?: number
  dataFolder?: string
  models?: string
}

/** Serves until Ctrl-C. */
export function serve({ dir, port, dataFolder, models }: ServeOptions): Promise<void> {
  return run(
    {},
    async ({ terminal, job }) => {
      const page = pageFolder()
      const folder = resolve(dataFolder ?? usualDataFolder())
      const folders = dir === undefined ? [] : [(await openProject(dir)).folder]
      // The browser loads the page while the core starts.
      const { core } = launchCore({
        dataFolder: folder,
        folders,
        modelsFolder: models === undefined ? undefined : resolve(models),
        shell: {
          host: 'web',
          hasDialogs: false,
          pick: () => Promise.resolve(null),
          reveal: () => Promise.resolve()
        }
      })
      try {
        const { uploads, port: file } = namesIn(folder)
        const start = (on: number) => startWebHost({ core, page, uploads, port: on })
        const host = await startOnUsualPort(start, { file, wanted: port })
        terminal.say('Open this address in a browser:')
        terminal.say(`  ${host.url}`)
        terminal.say('Only someone with this address can use it. Ctrl-C ends it.')
        const failed = core.failure.then((error) => Promise.reject(error))
        await Promise.race([aborted(job.signal!), failed]).finally(() => host.close())
      } finally {
        await core.stop()
      }
    },
    'Finished rounds are kept.'
  )
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
