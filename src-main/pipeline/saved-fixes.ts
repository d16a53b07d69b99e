/** The fixes that were tried, `fixes/ID.json`, each complete enough to export it. */
import { existsSync } from 'node:fs'
import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { ErratumError } from '../errors.ts'
import { readJson } from '../files/read-json.ts'
import { makeFolder, writeJsonAtomically } from '../files/write.ts'
import { suggestionSchema } from '../fix/suggestion.ts'
import { fixReportSchema } from '../retrain/fix-report.ts'
import { influentialRowSchema } from './explain.ts'
import { baseSchema } from '../training/base-record.ts'

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

/** All fixes of a project, the one saved last first; files that cannot be read are passed over. */
export async function listFixes(folder: string): Promise<{ fix: SavedFix; savedAt: Date }[]> {
  const fixes = join(folder, 'fixes')
  const names = await readdir(fixes).catch(() => [])
  const found = await Promise.all(
    names
      .filter((name) => name.endsWith('.json'))
      .map(async (name) => {
        const path = join(fixes, name)
        const fix = await readJson(path, savedFixSchema, remedy).catch(() => undefined)
        return fix && { fix, savedAt: (await stat(path)).mtime }
      })
  )
  return found
    .filter((each) => each !== undefined)
    .sort((a, b) => b.savedAt.getTime() - a.savedAt.getTime())
}

/** Removes a fix; its rounds stay. */
export async function deleteFix(folder: string, id: string): Promise<void> {
  await readFix(folder, id)
  await rm(join(folder, 'fixes', `${id}.json`))
}

/** Keeps a fix in its project's folder. */
export async function saveFix(folder: string, fix: SavedFix): Promise<void> {
  const fixes = join(folder, 'fixes')
  await makeFolder(fixes)
  await writeJsonAtomically(join(fixes, `${fix.id}.json`), fix)
}
