/**
 * One process a project at a time. The lock is a file that names its holder, made whole under
 * another name and then linked into place, which only one process can do. A killed holder leaves
 * the file behind: it is taken over once that process is gone. Two processes that find the same
 * stale lock must not both take it, so the takeover itself is guarded by a file named after the
 * stale lock's token: only the guard's owner may replace a lock with this token.
 */
import { randomUUID } from 'node:crypto'
import { linkSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { z } from 'zod'
import { ErratumError } from '../errors.ts'
import { explainWriteError } from '../files/write-errors.ts'
import { removeUnfinished } from '../files/write.ts'
import { isRunning, processStart } from './process-identity.ts'
import { runAtEnd } from './run-at-end.ts'

const holderSchema = z.object({
  token: z.string(),
  pid: z.number(),
  /** See `processStart`; null where the system does not tell. */
  start: z.string().nullable(),
  host: z.string(),
  /** ISO 8601, UTC: since when the lock is held. */
  since: z.string()
})

type Holder = z.infer<typeof holderSchema>

/** A lock that is held; letting go twice does no harm. */
export interface FolderLock {
  release(): void
}

const fileName = 'project.lock'
/** A takeover lasts milliseconds; a guard older than this was left by a process that was killed. */
const guardLifetimeMs = 10_000
/** A lock that cannot be read is being written, or was cut off by the end of the machine's power. */
const writingLifetimeMs = 1_000
const attempts = 40
const pauseMs = 50

/**
 * Takes the project for this process until `release`, the end of the process or a signal that ends
 * it; throws `locked`, naming the holder. Reading needs no lock.
 */
export async function lockProject(folder: string): Promise<FolderLock> {
  const lock = await lockFolder(folder, fileName)
  await removeUnfinished(folder)
  return lock
}

/** Takes any folder likewise, by a file of the given name in it. */
export async function lockFolder(folder: string, name: string): Promise<FolderLock> {
  const path = join(resolve(folder), name)
  const own = describeThisProcess()
  for (let attempt = 0; attempt < attempts; attempt++) {
    if (create(path, own) || takeOver(path, own)) return releasable(path, own.token)
    await wait(pauseMs)
  }
  throw new ErratumError(
    'locked',
    `${folder} could not be locked: other processes are taking it at the same time. ` +
      `If none is running, delete ${path} and run this again.`
  )
}

/** Whether a file of this name in a project folder belongs to its lock. */
export function isLockFile(name: string): boolean {
  return name === fileName || name.startsWith(`${fileName}.`)
}

/** Runs something while this process holds the project. */
export async function withProjectLock<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const lock = await lockProject(folder)
  try {
    return await work()
  } finally {
    lock.release()
  }
}

function describeThisProcess(): Holder {
  return {
    token: randomUUID(),
    pid: process.pid,
    start: processStart(process.pid) ?? null,
    host: hostname(),
    since: new Date().toISOString()
  }
}

function create(path: string, own: Holder): boolean {
  const prepared = `${path}.${own.token}`
  try {
    writeFileSync(prepared, JSON.stringify(own))
    placeOnce(prepared, path)
    return true
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false
    throw explainWriteError(path, error)
  } finally {
    rmSync(prepared, { force: true })
  }
}

/** Puts a file under another name that nothing may have yet; throws EEXIST otherwise. */
function placeOnce(prepared: string, path: string): void {
  try {
    linkSync(prepared, path)
  } catch (error) {
    // File systems without links (FAT, some network drives): the second best, not whole at once.
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].some((code) => isCode(error, code)))
      throw error
    writeFileSync(path, readFileSync(prepared), { flag: 'wx' })
  }
}

/** Replaces the lock of a process that is gone; false when to try again, throws when it is alive. */
function takeOver(path: string, own: Holder): boolean {
  const holder = readHolder(path)
  if (!holder) return false
  if (isHeld(holder)) throw lockedBy(path, holder)
  const guard = `${path}.takeover-${holder.token}`
  if (!createGuard(guard)) return false
  try {
    // Between the first look and the guard another process may have been through with all this.
    if (readHolder(path)?.token !== holder.token) return false
    const prepared = `${path}.${own.token}`
    writeFileSync(prepared, JSON.stringify(own))
    renameSync(prepared, path)
    return true
  } catch (error) {
    throw explainWriteError(path, error)
  } finally {
    rmSync(guard, { force: true })
  }
}

function createGuard(guard: string): boolean {
  try {
    writeFileSync(guard, '', { flag: 'wx' })
    return true
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw explainWriteError(guard, error)
    if (ageMs(guard) > guardLifetimeMs) rmSync(guard, { force: true })
    return false
  }
}

/** The holder, or nobody (yet). An unreadable file of some age has a holder that is surely gone. */
function readHolder(path: string): Holder | undefined {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined
    throw error
  }
  try {
    return holderSchema.parse(JSON.parse(text))
  } catch {
    if (ageMs(path) < writingLifetimeMs) return undefined
    return { token: 'unreadable', pid: 0, start: null, host: hostname(), since: '' }
  }
}

function ageMs(path: string): number {
  const modified = statSync(path, { throwIfNoEntry: false })?.mtimeMs
  return modified === undefined ? 0 : Date.now() - modified
}

function isHeld({ pid, start, host }: Holder): boolean {
  if (pid === 0) return false
  // Nothing can be said about the processes of another machine that shares the folder.
  return host !== hostname() || isRunning(pid, start)
}

function lockedBy(path: string, { pid, host, since }: Holder): ErratumError {
  const folder = resolve(path, '..')
  const start = `${folder} is in use by process ${pid}`
  if (host !== hostname()) {
    return new ErratumError(
      'locked',
      `${start} on ${host} since ${since}. Stop it there; if it is gone, delete ${path}.`
    )
  }
  const whose = pid === process.pid ? ' (this very process)' : ''
  return new ErratumError(
    'locked',
    `${start}${whose} since ${since}. Wait until it is done, or stop it, then run this again.`
  )
}

function releasable(path: string, token: string): FolderLock {
  const release = (): void => {
    forget()
    if (readHolder(path)?.token === token) rmSync(path, { force: true })
  }
  const forget = runAtEnd(release)
  return { release }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === code
}
