/** The projects that this Erratum knows: ids for pages, folders for the core. */
import { createHash } from 'node:crypto'
import { basename, join, resolve } from 'node:path'
import { z } from 'zod'
import { ErratumError } from '../errors.ts'
import { Stored } from './stored.ts'

const knownSchema = z.array(z.object({ folder: z.string(), openedAt: z.string() }))

export interface KnownProject {
  id: string
  folder: string
  /** ISO 8601. */
  openedAt: string
}

export class KnownProjects {
  readonly #stored: Stored<z.infer<typeof knownSchema>>
  readonly #forgotten = new Map<string, string>()
  /** Where projects that a window makes go. */
  readonly folder: string

  constructor({ known, projects }: { known: string; projects: string }) {
    this.#stored = new Stored(known, knownSchema, [])
    this.folder = projects
  }

  /** The one opened last first. */
  list(): KnownProject[] {
    return this.#stored.value
      .map((known) => ({ ...known, id: idOf(known.folder) }))
      .sort((a, b) => b.openedAt.localeCompare(a.openedAt))
  }

  /** Notes that a project is opened now; returns its id. */
  async note(folder: string): Promise<string> {
    const absolute = resolve(folder)
    const others = this.#stored.value.filter((known) => known.folder !== absolute)
    await this.#stored.set([...others, { folder: absolute, openedAt: new Date().toISOString() }])
    return idOf(absolute)
  }

  folderOf(id: string): string {
    const found = this.#stored.value.find(({ folder }) => idOf(folder) === id)
    if (found) return found.folder
    throw new ErratumError(
      'bad-project',
      'This project is not on the list any more. Open its folder again.'
    )
  }

  /** What the project is called: its folder's name. */
  nameOf(id: string): string {
    return basename(this.folderOf(id))
  }

  /** Takes a project off the list; `recall` puts it back. */
  async forget(id: string): Promise<void> {
    this.#forgotten.set(id, this.folderOf(id))
    await this.#stored.set(this.#stored.value.filter(({ folder }) => idOf(folder) !== id))
  }

  /** Puts a project back that was taken off the list since Erratum was started. */
  async recall(id: string): Promise<void> {
    const folder = this.#forgotten.get(id)
    if (folder !== undefined) await this.note(folder)
  }

  /** The folder for a new project of this name. */
  newFolder(name: string): string {
    const safe = name
      .replace(/[^\p{L}\p{N}._-]+/gu, ' ')
      // Dots at the front would hide the folder, or lead out of this one.
      .replace(/^[.\s]+|\s+$/g, '')
    return join(this.folder, safe || 'project')
  }

  /** Whether a window has made the project, so that a window may delete it. */
  isOwn(id: string): boolean {
    return resolve(this.folderOf(id), '..') === resolve(this.folder)
  }
}

function idOf(folder: string): string {
  return createHash('sha256').update(folder).digest('hex').slice(0, 16)
}
