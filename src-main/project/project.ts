/** The project folder: `project.json`, and everything else beside it. Complete in itself. */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { ErratumError } from '../errors.ts'
import { makeFolder, writeJsonAtomically } from '../files/write.ts'
import { projectSettings, projectVersion } from './settings.ts'
import type { ProjectSettings } from './settings.ts'

export interface Project {
  /** Absolute path of the folder. */
  folder: string
  settings: ProjectSettings
}

const fileName = 'project.json'

/** Makes a project folder; throws `bad-project` when there is one already. */
export async function createProject(folder: string, settings: ProjectSettings): Promise<Project> {
  const path = join(folder, fileName)
  if (existsSync(path)) {
    throw new ErratumError(
      'bad-project',
      `${folder} is a project already. Choose another folder, or delete this one first.`
    )
  }
  await makeFolder(folder)
  return saveProject({ folder: resolve(folder), settings })
}

/** Opens a project folder; throws `bad-project` or `damaged-file` with what to do about it. */
export async function openProject(folder: string): Promise<Project> {
  const path = join(folder, fileName)
  const json = parseJson(path, await readProjectFile(folder, path))
  refuseNewer(folder, json)
  const checked = projectSettings.safeParse(json)
  if (!checked.success) throw damaged(path, firstIssue(checked.error))
  return { folder: resolve(folder), settings: checked.data }
}

/** Writes the settings back; only for the process that holds the project's lock. */
export async function saveProject(project: Project): Promise<Project> {
  await writeJsonAtomically(join(project.folder, fileName), projectSettings.parse(project.settings))
  return project
}

async function readProjectFile(folder: string, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error
    throw new ErratumError(
      'bad-project',
      `${folder} is not an Erratum project: it has no ${fileName}. ` +
        `Make one with: erratum init ${folder} --data FILE --text COLUMN --label COLUMN`,
      { cause: error }
    )
  }
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw damaged(path, (error as Error).message)
  }
}

function refuseNewer(folder: string, json: unknown): void {
  const head = z.object({ version: z.number(), writtenBy: z.string().catch('a newer version') })
  const { success, data } = head.safeParse(json)
  if (!success || data.version <= projectVersion) return
  throw new ErratumError(
    'bad-project',
    `${folder} was written by Erratum ${data.writtenBy} (project format ${data.version}), ` +
      `but this Erratum reads formats up to ${projectVersion}. Update Erratum to open it.`
  )
}

function firstIssue({ issues: [issue] }: z.ZodError): string {
  return `${issue!.path.join('.') || 'the whole file'}: ${issue!.message}`
}

function damaged(path: string, reason: string): ErratumError {
  return new ErratumError(
    'damaged-file',
    `${path} is damaged (${reason}). Restore it from a copy, or make the project again ` +
      'in another folder, with the same erratum init as before.'
  )
}
