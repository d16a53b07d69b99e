/**
 * Files and folders that the user has picked in a dialog, dropped on a window or sent to the web
 * host. A page names them by token only, so that it can reach nothing that the user did not pick.
 */
import { randomUUID } from 'node:crypto'
import { statSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { ErratumError } from '../errors.ts'

export interface Picked {
  token: string
  /** The last part of the path. */
  name: string
  bytes: number
}

export class PickedPaths {
  readonly #paths = new Map<string, string>()

  /** Issues a token; throws `bad-data` for a path that there is not. */
  issue(path: string): Picked {
    const absolute = resolve(path)
    const stats = statSync(absolute, { throwIfNoEntry: false })
    if (!stats) throw new ErratumError('bad-data', `${absolute} does not exist. Pick another file.`)
    const known = Array.from(this.#paths).find(([, other]) => other === absolute)
    const token = known?.[0] ?? randomUUID()
    this.#paths.set(token, absolute)
    return { token, name: basename(absolute), bytes: stats.size }
  }

  /** The path of a token; throws `bad-argument` for one that was not issued. */
  path(token: string): string {
    const path = this.#paths.get(token)
    if (path !== undefined) return path
    throw new ErratumError('bad-argument', 'This file is no longer known. Pick it again.')
  }
}
