/** Runs a command: cancellation by Ctrl-C, errors as sentences, exit statuses. */
import { availableParallelism } from 'node:os'
import { ErratumError, exitCodeOf } from '../errors.ts'
import type { Job } from '../pipeline/job.ts'
import { Terminal } from './terminal.ts'

/** Options that every command has. */
export interface CommonOptions {
  json?: boolean
  threads?: number
}

export interface Context {
  terminal: Terminal
  job: Job
}

/** Does a command's work and sets the exit status of the process. */
export async function run(
  { json = false, threads }: CommonOptions,
  work: (context: Context) => Promise<void>
): Promise<void> {
  const terminal = new Terminal(json)
  const controller = new AbortController()
  const cancel = () => {
    // A second Ctrl-C does not wait for the step under way.
    if (controller.signal.aborted) process.exit(130)
    controller.abort()
  }
  process.on('SIGINT', cancel)
  process.on('SIGTERM', cancel)
  const job: Job = {
    signal: controller.signal,
    threads: threads ?? availableParallelism(),
    onProgress: (progress) => terminal.progress(progress)
  }
  try {
    await work({ terminal, job })
  } catch (error) {
    terminal.done()
    process.exitCode = exitCodeOf(error)
    process.stderr.write(`${messageOf(error)}\n`)
  } finally {
    terminal.done()
    process.off('SIGINT', cancel)
    process.off('SIGTERM', cancel)
  }
}

function messageOf(error: unknown): string {
  if (error instanceof ErratumError) {
    if (error.code !== 'cancelled') return `erratum: ${error.message}`
    return 'Cancelled. What was finished is kept; the same command goes on from there.'
  }
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return `erratum: something unforeseen went wrong; please report it.\n${detail}`
}
