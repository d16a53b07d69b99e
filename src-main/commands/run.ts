/** Runs a command: cancellation by Ctrl-C, errors as sentences, exit statuses. */
import { availableParallelism } from 'node:os'
import { exitCodeOf, toEnvelope } from '../errors.ts'
import type { DeviceChoice } from '../executors/devices.ts'
import type { DeviceChooser, Job } from '../pipeline/job.ts'
import { onDevice } from '../pipeline/job.ts'
import type { devicesHere } from './devices-here.ts'
import { Terminal } from './terminal.ts'

/** Options that every command has. */
export interface CommonOptions {
  json?: boolean
  threads?: number
  /** What computes; what the settings of this machine say unless given. */
  device?: DeviceChoice
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
  { json = false, threads, device }: CommonOptions,
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
    onProgress: (progress) => terminal.progress(progress),
    onNote: (note) => terminal.warn(note)
  }
  try {
    await work({ terminal, job: onDevice(job, chooserFor(device)) })
  } catch (error) {
    process.exitCode = exitCodeOf(error)
    messageOf(error, kept).forEach((line) => terminal.fail(line))
  } finally {
    terminal.done()
    process.off('SIGINT', cancel)
    process.off('SIGTERM', cancel)
  }
}

/** Chooses what computes, by what the windows' settings say where nothing is given. */
function chooserFor(given: DeviceChoice | undefined): DeviceChooser {
  let here: ReturnType<typeof devicesHere> | undefined
  return {
    async choose(work, options) {
      if (given === 'cpu') return { device: given }
      // Commands that compute nothing need not read this.
      here ??= (await import('./devices-here.ts')).devicesHere()
      return here.devices.choose(given ?? here.choice, work, options)
    },
    failed: (use, work) => void here?.devices.noteFailure(use, work)
  }
}

/** What went wrong, in lines. */
function messageOf(error: unknown, kept: string): string[] {
  const { code, message } = toEnvelope(error)
  if (code === 'cancelled') return [`Cancelled. ${kept}`]
  if (code !== 'internal') return [`erratum: ${message}`]
  return ['erratum: something unforeseen went wrong; please report it.', ...message.split('\n')]
}
