import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { lockProject, withProjectLock } from '../../src-main/project/lock.ts'
import { isRunning, processStart } from '../../src-main/project/process-identity.ts'

let folder: string
let children: ChildProcess[]
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'erratum-lock-'))
  children = []
})
afterEach(() => {
  for (const child of children) child.kill('SIGKILL')
  rmSync(folder, { recursive: true })
})

const lockPath = (): string => join(folder, 'project.lock')

async function startHolder(): Promise<ChildProcess> {
  const script = join(import.meta.dirname, 'hold-lock.ts')
  const child = spawn(process.execPath, ['--import', 'tsx', script, folder], {
    stdio: ['ignore', 'pipe', 'inherit']
  })
  children.push(child)
  await once(child.stdout, 'data')
  return child
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<unknown[]> {
  const exited = once(child, 'exit')
  child.kill(signal)
  return exited
}

function writeLock(fields: object): void {
  const holder = {
    token: 't',
    pid: 1,
    start: null,
    host: hostname(),
    since: '2026-01-01T00:00:00Z'
  }
  writeFileSync(lockPath(), JSON.stringify({ ...holder, ...fields }))
}

describe('lockProject', () => {
  it('is exclusive within a process, and free again after release', async () => {
    const lock = await lockProject(folder)
    await expect(lockProject(folder)).rejects.toMatchObject({
      code: 'locked',
      message: expect.stringContaining(`process ${process.pid} (this very process)`)
    })
    lock.release()
    lock.release()
    expect(readdirSync(folder)).toEqual([])
    await withProjectLock(folder, () => Promise.resolve())
  })

  it('names the live process that holds it', async () => {
    const child = await startHolder()
    await expect(lockProject(folder)).rejects.toMatchObject({
      code: 'locked',
      message: expect.stringMatching(new RegExp(`in use by process ${child.pid} since 20\\d\\d-`))
    })
  })

  it('is taken over from a process that was killed', async () => {
    await end(await startHolder(), 'SIGKILL')
    expect(readdirSync(folder)).toEqual(['project.lock'])
    const lock = await lockProject(folder)
    expect(JSON.parse(readFileSync(lockPath(), 'utf8'))).toMatchObject({ pid: process.pid })
    lock.release()
    expect(readdirSync(folder)).toEqual([])
  })

  it('is let go by a process that a signal ends, which still dies of that signal', async () => {
    const [, signal] = await end(await startHolder(), 'SIGINT')
    expect(signal).toBe('SIGINT')
    expect(readdirSync(folder)).toEqual([])
  })

  it('is not kept by a later process with the same pid', async () => {
    writeLock({ pid: process.pid, start: 'another-boot 1' })
    const taking = lockProject(folder)
    if (process.platform !== 'linux') return expect(taking).rejects.toThrow(/in use/)
    return (await taking).release()
  })

  it('is never taken from another machine', async () => {
    writeLock({ host: 'elsewhere' })
    await expect(lockProject(folder)).rejects.toThrow(/process 1 on elsewhere .*delete .*lock/)
  })

  it('is taken over when a power cut left it unreadable', async () => {
    writeFileSync(lockPath(), '')
    const before = new Date(Date.now() - 60_000)
    utimesSync(lockPath(), before, before)
    ;(await lockProject(folder)).release()
  })

  it('survives a taker that was killed in the middle of its takeover', async () => {
    writeLock({ pid: 2 ** 30 })
    const guard = `${lockPath()}.takeover-t`
    writeFileSync(guard, '')
    const before = new Date(Date.now() - 60_000)
    utimesSync(guard, before, before)
    ;(await lockProject(folder)).release()
    expect(readdirSync(folder)).toEqual([])
  })

  it('goes to one of many who find the same stale lock', async () => {
    writeLock({ pid: 2 ** 30 })
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => lockProject(folder)))
    const taken = results.filter((result) => result.status === 'fulfilled')
    expect(taken).toHaveLength(1)
    taken[0]!.value.release()
    expect(readdirSync(folder)).toEqual([])
  })

  it('goes to one of several processes that find the same stale lock', async () => {
    writeLock({ pid: 2 ** 30 })
    const script = join(import.meta.dirname, 'hold-lock.ts')
    const starting = Array.from({ length: 4 }, async () => {
      const child = spawn(process.execPath, ['--import', 'tsx', script, folder])
      children.push(child)
      return Promise.race([
        once(child.stdout, 'data').then(() => 'held'),
        once(child, 'exit').then(() => 'refused')
      ])
    })
    const outcomes = (await Promise.all(starting)).sort()
    expect(outcomes).toEqual(['held', 'refused', 'refused', 'refused'])
  })

  it('clears away what a killed process left unfinished', async () => {
    writeFileSync(join(folder, 'project.json.0123456789ab.tmp'), '')
    ;(await lockProject(folder)).release()
    expect(readdirSync(folder)).toEqual([])
  })

  it('is released when the work throws', async () => {
    const failing = withProjectLock(folder, () => Promise.reject(new Error('no')))
    await expect(failing).rejects.toThrow('no')
    expect(readdirSync(folder)).toEqual([])
  })
})

describe('isRunning', () => {
  it('knows this process and not one that never was', () => {
    expect(isRunning(process.pid, processStart(process.pid) ?? null)).toBe(true)
    expect(isRunning(process.pid, null)).toBe(true)
    expect(isRunning(2 ** 30, null)).toBe(false)
  })
})
