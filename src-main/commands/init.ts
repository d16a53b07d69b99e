/** `erratum init`: a project folder from a data set. */
import type { InitOptions } from '../pipeline/init.ts'
import { initProject } from '../pipeline/init.ts'
import { importLines } from './describe.ts'
import { shellWord } from './harmless.ts'
import type { CommonOptions } from './run.ts'
import { run } from './run.ts'

type Options = CommonOptions &
  Omit<InitOptions, 'folder' | 'heldOutShare'> & { dir: string; heldOut?: number }

export function init({ dir, heldOut, ...options }: Options): Promise<void> {
  return run(
    options,
    async ({ terminal, job }) => {
      const report = await initProject({ ...options, folder: dir, heldOutShare: heldOut }, job)
      importLines(report).forEach((line) => terminal.say(line))
      terminal.say(`Made ${dir}. Next: npx erratum train ${shellWord(dir)}`)
      terminal.result(report)
    },
    'No project was made; the same command starts from the beginning.'
  )
}
