/** Where the parts of Erratum lie: in a checkout, where TypeScript is run as it stands, or as built. */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const here = fileURLToPath(import.meta.url)

/** The folder that holds package.json. */
export const root = findRoot(dirname(here))

/** The files that threads and processes are started with; electron.vite.config.ts builds each under its name. */
const workerEntries = {
  core: 'src-main/ipc/core.ts',
  probe: 'src-main/executors/probe-entry.ts',
  worker: 'src-main/pipeline/worker-entry.ts'
} as const

/** The file to start a worker with. */
export function workerEntry(name: keyof typeof workerEntries): URL {
  const isSource = here.endsWith('.ts')
  return pathToFileURL(join(root, isSource ? workerEntries[name] : `out/main/${name}.js`))
}

/** A file that comes along in the folder `resources`. */
export function resource(name: string): string {
  return join(root, 'resources', name)
}

function findRoot(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder
  const above = dirname(folder)
  if (above === folder) throw new Error(`No package.json lies above ${here}.`)
  return findRoot(above)
}
