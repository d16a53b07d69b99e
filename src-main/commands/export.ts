/** `erratum export`: the curated data, its edits and a report. */
import type { Format } from '../dataset/source.ts'
import { exportFixes } from '../pipeline/export.ts'
import { readFix } from '../pipeline/saved-fixes.ts'
import { openTrained } from '../pipeline/workspace.ts'
import type { CommonOptions } from './run.ts'
import { run } from './run.ts'

interface Options extends CommonOptions {
  dir: string
  fix: string
  out: string
  format?: Format
}

export function exportCommand({ dir, fix: id, out, format, ...common }: Options): Promise<void> {
  return run(
    common,
    async ({ terminal, job }) => {
      const workspace = await openTrained(dir)
      try {
        const fix = await readFix(workspace.project.folder, id)
        const files = await exportFixes(workspace, { fixes: [fix], out, format }, job)
        terminal.done()
        terminal.say(`Curated data   ${files.curated}`)
        terminal.say(`Its edits      ${files.edits}`)
        terminal.say(`Report         ${files.report}`)
        terminal.result(files)
      } finally {
        workspace.dataset.close()
      }
    },
    'No half-written file remains; the same command starts from the beginning.'
  )
}
