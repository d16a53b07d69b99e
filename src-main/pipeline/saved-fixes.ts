/** The fixes that were tried, `fixes/ID.json`, each complete enough to export it. */
import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { ErratumError } from '../errors.ts'
import { readJson } from '../files/read-json.ts'
import { makeFolder, writeJsonAtomically } from '../files/write.ts'
import { suggestionSchema } from '../fix/suggest.ts'
import { fixReportSchema } from '../retrain/fix-report.ts'
import { influentialRowSchema } from './explain.ts'
import { baseSchema } from './workspace.ts'

const savedFixSchema = z.object({
  id: z.string(),
  report: fixReportSchema,
  /** Why each edit is there, in the order of the report's edits. */
  suggestions: z.array(suggestionSchema),
  /** The strongest opponents, for the report. */
  opponents: z.array(influentialRowSchema),
  /** The base model that the fix was made for; the project may have another one by now. */
  base: baseSchema
})

export type SavedFix = z.infer<typeof savedFixSchema>

const remedy = 'Run the same erratum fix again: its rounds are kept, so it takes no time.'

/** A fix that was tried before; throws `bad-argument` naming those that there are. */
export async function readFix(folder: string, id: string): Promise<SavedFix> {
  const fixes = join(folder, 'fixes')
  const known = existsSync(fixes)
    ? (await readdir(fixes)).filter((name) => name.endsWith('.json'))
    : []
  if (known.includes(`${id}.json`)) {
    return readJson(join(fixes, `${id}.json`), savedFixSchema, remedy)
  }
  const list = known.map((name) => name.replace(/\.json$/, '')).join(', ')
  throw new ErratumError(
    'bad-argument',
    `There is no fix ${id} in ${folder}. ${list ? `There are: ${list}.` : 'Run erratum fix first.'}`
  )
}

/** Keeps a fix in its project's folder. */
export async function saveFix(folder: string, fix: SavedFix): Promise<void> {
  const fixes = join(folder, 'fixes')
  await makeFolder(fixes)
  await writeJsonAtomically(join(fixes, `${fix.id}.json`), fix)
}
