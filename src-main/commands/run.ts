/** Runs a command: cancellation by Ctrl-C, errors as sentences, exit statuses. */
import { availableParallelism } from 'node:os'
import { exitCodeOf, toEnvelope } from '../errors.ts'
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

/**
 * Does a command's work and sets the exit status of the process. `kept` says what is there of the
 * work when it is cancelled.
 */
export async function run(
  { json = false, threads }: CommonOptions,
  work: (context: Context) => Promise<void>,
  kept = 'Nothing was changed.'
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
    process.exitCode = exitCodeOf(error)
    messageOf(error, kept).forEach((line) => terminal.fail(line))
  } finally {
    terminal.done()
    process.off('SIGINT', cancel)
    process.off('SIGTERM', cancel)
  }
}

/** What went wrong, in lines. */
function messageOf(error: unknown, kept: string): string[] {
  const { code, message } = toEnvelope(error)
  if (code === 'cancelled') return [`Cancelled. ${kept}`]
  if (code !== 'internal') return [`erratum: ${message}`]
  return ['erratum: something unforeseen went wrong; please report it.', ...message.split('\n')]
}
