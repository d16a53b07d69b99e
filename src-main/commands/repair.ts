/** `erratum repair`: get a project with a damaged journal going again. */
import { repairJournal } from '../project/journal.ts'
import { withProjectLock } from '../project/lock.ts'
import { openProject } from '../project/project.ts'
import { journalPath, roundSchema } from '../project/rounds.ts'
import { count } from '../report/numbers.ts'
import type { CommonOptions } from './run.ts'
import { run } from './run.ts'

export function repair({ dir, ...common }: CommonOptions & { dir: string }): Promise<void> {
  return run(common, async ({ terminal }) => {
    const { folder } = await openProject(dir)
    const moved = await withProjectLock(folder, () =>
      repairJournal(journalPath(folder), roundSchema)
    )
    terminal.say(
      moved === 0
        ? 'The journal is whole.'
        : `Moved ${count(moved, 'damaged line')} to rounds.damaged.jsonl; what they said is computed again when it is needed.`
    )
    terminal.result({ moved })
  })
}
