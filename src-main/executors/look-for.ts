/** Looks for a device in a thread of its own. */
import { throwIfCancelled, toEnvelope } from '../errors.ts'
import { threadEntry } from '../installation.ts'
import { runPool } from '../jobs/pool.ts'
import type { DeviceName } from './devices.ts'
import { devices } from './devices.ts'
import type { Probe } from './probe.ts'

export interface LookOptions {
  signal?: AbortSignal | undefined
  /** How long a device may take to answer; 30 seconds unless given. */
  limitMs?: number
  /** The thread's file; a test may have its own. */
  worker?: URL
}

/**
 * Whether a device is there, as `probeDevice` says it. One whose thread dies or gives no answer in
 * time is not. Throws `cancelled`.
 */
export async function lookFor(
  device: DeviceName,
  { signal, limitMs = 30_000, worker = threadEntry('probe') }: LookOptions = {}
): Promise<Probe> {
  const { title } = devices[device]
  const limit = AbortSignal.timeout(limitMs)
  const stop = signal ? AbortSignal.any([signal, limit]) : limit
  const found: Probe[] = []
  const ended = runPool<null, DeviceName, Probe>({
    ...{ worker, data: null, tasks: [device], threads: 1, signal: stop },
    // Nothing is lost with a probe in the middle.
    graceMs: 0,
    onResult: (probe) => void found.push(probe)
  })
  try {
    await Promise.race([ended, longAfter(stop)])
    return found[0]!
  } catch (error) {
    throwIfCancelled(signal)
    const why = limit.aborted
      ? `it did not answer within ${limitMs / 1000} seconds`
      : firstSentence(toEnvelope(error).message)
    return { found: false, why: `${title} did not start: ${why}.` }
  }
}

/** Rejects once a thread that was to stop has had the time: one that hangs in a driver never ends. */
function longAfter(stop: AbortSignal): Promise<never> {
  return new Promise((_, reject) =>
    stop.addEventListener('abort', () => setTimeout(reject, 2000, stop.reason).unref())
  )
}

function firstSentence(message: string): string {
  return message
    .split(/\. |\n/)[0]!
    .trim()
    .replace(/\.$/, '')
}
