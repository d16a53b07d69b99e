/** Runs the real command line as child processes, in a temporary folder that is gone afterwards. */
import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect } from 'vitest'

const root = join(import.meta.dirname, '../..')
const entries = {
  source: join(root, 'resources/erratum.mjs'),
  built: join(root, 'out/main/cli.js')
}

/** A test that runs several commands on a busy machine. */
export const patient = 240_000

export interface Ended {
  /** Exit status; null when a signal ended the process. */
  status: number | null
  stdout: string
  stderr: string
}

export interface Running {
  child: ChildProcess
  ended: Promise<Ended>
}

/** Starts a program; `ended` never rejects for an exit status. */
export function startProgram(
  program: string,
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {}
): Running {
  const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = new Promise<Ended>((resolve, reject) => {
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    child.on('error', reject)
    child.on('close', (status) => resolve({ status, stdout, stderr }))
  })
  return { child, ended }
}

/** Polls until the condition holds; fails after a deadline with what was waited for. */
export async function until(
  what: string,
  condition: () => boolean,
  deadlineMs = 60_000
): Promise<void> {
  const end = performance.now() + deadlineMs
  while (!condition()) {
    if (performance.now() > end) throw new Error(`Waited in vain: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** A temporary folder with the command line in it. */
export interface CommandLine {
  at(name: string): string
  /** Writes a file and gives back its name. */
  write(name: string, content: string | Uint8Array): string
  copy(from: string, to: string): void
  /** Starts a command in the folder. */
  start(...args: string[]): Running
  /** Runs a command, whatever comes of it. */
  run(...args: string[]): Promise<Ended>
  /** Runs a command that must end well; its stdout. */
  say(...args: string[]): Promise<string>
  /** Runs a command with --json that must end well; its one document. */
  json<T>(...args: string[]): Promise<T>
  /** Runs a command that must end with this status and print nothing to stdout; its stderr. */
  refused(status: number, ...args: string[]): Promise<string>
}

/**
 * A fresh folder for the tests of the file that calls this. Commands find settings that say `device`:
 * the machine's own might, and what `auto` takes differs between machines. They run from the source,
 * as in a checkout, or as built: that starts in a quarter of the time, and is what many commands take.
 */
export function useCommandLine({
  device = 'cpu',
  from = 'source'
}: { device?: string; from?: keyof typeof entries } = {}): CommandLine {
  let folder = ''
  let home = ''
  const running = new Set<ChildProcess>()
  beforeAll(() => {
    folder = mkdtempSync(join(realpathSync(tmpdir()), 'erratum-e2e-'))
    home = mkdtempSync(join(tmpdir(), 'erratum-home-'))
    mkdirSync(join(home, 'erratum'))
    const settings = JSON.stringify({ threads: null, device })
    writeFileSync(join(home, 'erratum', 'settings.json'), settings)
  })
  afterAll(async () => {
    for (const child of running) child.kill('SIGKILL')
    for (const each of [folder, home]) {
      rmSync(each, { recursive: true, force: true, maxRetries: 5 })
    }
  })
  const at = (name: string): string => join(folder, name)
  const start = (...args: string[]): Running => {
    const started = startProgram(process.execPath, [entries[from], ...args], {
      cwd: folder,
      env: { ...process.env, XDG_DATA_HOME: home }
    })
    running.add(started.child)
    void started.ended.finally(() => running.delete(started.child)).catch(() => undefined)
    return started
  }
  const run = (...args: string[]): Promise<Ended> => start(...args).ended
  const say = async (...args: string[]): Promise<string> => {
    const { status, stdout, stderr } = await run(...args)
    expect({ args, status, stderr: status === 0 ? '' : stderr }).toEqual({
      args,
      status: 0,
      stderr: ''
    })
    return stdout
  }
  return {
    at,
    write(name, content) {
      writeFileSync(at(name), content)
      return name
    },
    copy: (from, to) => cpSync(at(from), at(to), { recursive: true }),
    start,
    run,
    say,
    json: async <T>(...args: string[]) => JSON.parse(await say(...args, '--json')) as T,
    async refused(expected, ...args) {
      const { status, stdout, stderr } = await run(...args)
      expect({ args, status, stdout, stderr: status === expected ? '' : stderr }).toEqual({
        args,
        status: expected,
        stdout: '',
        stderr: ''
      })
      return stderr
    }
  }
}
