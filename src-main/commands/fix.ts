/** `erratum fix` and `erratum curve`: try fixes and prove them. */
import type { Action } from '../fix/actions.ts'
import type { FixOptions } from '../pipeline/fix.ts'
import type { MethodName } from '../influence/method-names.ts'
import { methodFor } from '../influence/methods.ts'
import { tryFix } from '../pipeline/fix.ts'
import type { SavedFix } from '../pipeline/saved-fixes.ts'
import { openTrained } from '../pipeline/workspace.ts'
import { withProjectLock } from '../project/lock.ts'
import { openProject } from '../project/project.ts'
import { curveLines, fixLines } from './describe.ts'
import { shellWord } from './harmless.ts'
import type { Context, CommonOptions } from './run.ts'
import { run } from './run.ts'

type Options = CommonOptions &
  Omit<FixOptions, 'edits' | 'control' | 'method'> & {
    action: Action
    dir: string
    control?: boolean
    method?: MethodName
  }

const roundsKept = 'Finished rounds are kept; the same command goes on from there.'

export function fix({ k, ...options }: Options & { k: number }): Promise<void> {
  return run(
    options,
    async (context) => {
      const { terminal } = context
      const [tried] = await tryAll(options, [k], context)
      warnOfFewer(tried!, k, context)
      fixLines(tried!).forEach((line) => terminal.say(line))
      terminal.say(
        `Next: npx erratum export ${shellWord(options.dir)} --fix ${tried!.id} --out DIR`
      )
      terminal.result({ id: tried!.id, ...tried!.report })
    },
    roundsKept
  )
}

export function curve({ k, ...options }: Options & { k: number[] }): Promise<void> {
  return run(
    options,
    async (context) => {
      const { terminal } = context
      const tried = await tryAll(options, k, context)
      tried.forEach((each, i) => warnOfFewer(each, k[i]!, context))
      curveLines(tried).forEach((line) => terminal.say(line))
      const dir = shellWord(options.dir)
      terminal.say(`Next: npx erratum export ${dir} --fix ${tried.at(-1)!.id} --out DIR`)
      terminal.result(tried.map(({ id, report }) => ({ id, ...report })))
    },
    roundsKept
  )
}

async function tryAll(
  { dir, control = false, ...options }: Options,
  sizes: readonly number[],
  { terminal, job }: Context
): Promise<SavedFix[]> {
  await openProject(dir)
  return withProjectLock(dir, async () => {
    const workspace = await openTrained(dir)
    workspace.base.doubts.forEach((doubt) => terminal.warn(doubt))
    const tried: SavedFix[] = []
    const { example, action, checkpoints, rounds } = options
    const method = options.method ?? methodFor(workspace.base.settings.optimizer)
    for (const k of sizes) {
      const given = { example, edits: { action, k }, method, checkpoints, rounds, control }
      tried.push(await tryFix(workspace, given, job))
      terminal.done()
    }
    return tried
  })
}

function warnOfFewer({ report }: SavedFix, wanted: number, { terminal }: Context): void {
  if (report.k >= wanted) return
  terminal.warn(
    `only ${report.k} training rows are opponents that can be edited this way, not ${wanted}; all of them were.`
  )
}
