/** `erratum apply`: replay edits on their data file, elsewhere. */
import { applyEdits } from '../export/apply.ts'
import type { CommonOptions } from './run.ts'
import { run } from './run.ts'

export function apply({
  edits,
  data,
  out,
  ...common
}: CommonOptions & { edits: string; data: string; out: string }): Promise<void> {
  return run(
    common,
    async ({ terminal, job }) => {
      await applyEdits(edits, data, out, { signal: job.signal })
      terminal.say(`Wrote ${out}.`)
      terminal.result({ out })
    },
    'No half-written file remains; the same command starts from the beginning.'
  )
}
