/** The built page, which both hosts show. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ErratumError } from '../errors.ts'
import { root } from '../installation.ts'

/** The folder of the built page; throws where it was not built. */
export function pageFolder(): string {
  const folder = join(root, 'out', 'renderer')
  if (existsSync(join(folder, 'index.html'))) return folder
  throw new ErratumError(
    'bad-argument',
    `The interface is not built yet. Run npm run build in ${root}, then this again.`
  )
}
