/** The fixes that were tried, `fixes/ID.json`, each complete enough to export it. */
import { existsSync } from 'node:fs'
import { readdir, rename, stat } from 'node:fs/promises'
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

/** A fix and when it was saved. */
export interface ListedFix {
  fix: SavedFix
  savedAt: Date
}

/** One fix as `listFixes` has it. */
export async function readListedFix(folder: string, id: string): Promise<ListedFix> {
  const fix = await readFix(folder, id)
  return { fix, savedAt: (await stat(join(folder, 'fixes', `${id}.json`))).mtime }
}

/** All fixes of a project, the one saved last first; files that cannot be read are passed over. */
export async function listFixes(folder: string): Promise<ListedFix[]> {
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

/** Where deleted fixes wait for being wanted again. */
const deleted = 'deleted'

/** Takes a fix off the list; its rounds stay, and `restoreFix` brings it back. */
export async function deleteFix(folder: string, id: string): Promise<void> {
  await readFix(folder, id)
  const fixes = join(folder, 'fixes')
  await makeFolder(join(fixes, deleted))
  await rename(join(fixes, `${id}.json`), join(fixes, deleted, `${id}.json`))
}

/** Brings back a fix that was deleted; throws `bad-argument` where there is none. */
export async function restoreFix(folder: string, id: string): Promise<void> {
  const path = join(folder, 'fixes', deleted, `${id}.json`)
  if (!existsSync(path)) {
    throw new ErratumError('bad-argument', `There is no deleted fix ${id} in ${folder}.`)
  }
  await rename(path, join(folder, 'fixes', `${id}.json`))
}

/** What the user calls a fix, and has written about it. */
export interface FixNote {
  name: string
  note: string
}

const notesFile = 'notes.json'
const notesSchema = z.record(z.string(), z.object({ name: z.string(), note: z.string() }))

/** The notes of a project by the ids of its fixes. */
export async function readNotes(folder: string): Promise<Readonly<Record<string, FixNote>>> {
  const path = join(folder, notesFile)
  if (!existsSync(path)) return {}
  return readJson(
    path,
    notesSchema,
    'Delete it: the names and notes of fixes are all that it holds.'
  )
}

/** Keeps a note in the project's folder. */
export async function writeNote(folder: string, id: string, note: FixNote): Promise<void> {
  const notes = await readNotes(folder)
  await writeJsonAtomically(join(folder, notesFile), { ...notes, [id]: note })
}

/** Keeps a fix in its project's folder. */
export async function saveFix(folder: string, fix: SavedFix): Promise<void> {
  const fixes = join(folder, 'fixes')
  await makeFolder(fixes)
  await writeJsonAtomically(join(fixes, `${fix.id}.json`), fix)
}
