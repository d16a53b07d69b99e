/** Looks for a device in a process of its own, which its driver may crash or hold up. */
import { firstSentence, throwIfCancelled, toEnvelope } from '../errors.ts'
import { workerEntry } from '../installation.ts'
import { runPool } from '../jobs/pool.ts'
import type { DeviceName } from './devices.ts'
import { devices } from './devices.ts'
import type { Probe } from './probe.ts'

export interface LookOptions {
  signal?: AbortSignal | undefined
  /** How long a device may take to answer; 30 seconds unless given. */
  limitMs?: number
  /** The process's file; a test may have its own. */
  worker?: URL
}

/**
 * Whether a device is there, as `probeDevice` says it. One whose process dies or gives no answer in
 * time is not. Throws `cancelled`.
 */
export async function lookFor(
  device: DeviceName,
  { signal, limitMs = 30_000, worker = workerEntry('probe') }: LookOptions = {}
): Promise<Probe> {
  const { title } = devices[device]
  const limit = AbortSignal.timeout(limitMs)
  const stop = signal ? AbortSignal.any([signal, limit]) : limit
  const found: Probe[] = []
  const looking = runPool<null, DeviceName, Probe>({
    ...{ worker, place: 'process', data: null, tasks: [device], threads: 1, signal: stop },
    // Nothing is lost with a probe in the middle.
    graceMs: 0,
    onResult: (probe) => void found.push(probe)
  })
  try {
    await looking
    return found[0]!
  } catch (error) {
    throwIfCancelled(signal)
    const why = limit.aborted
      ? `it did not answer within ${limitMs / 1000} seconds`
      : firstSentence(toEnvelope(error).message)
    return { found: false, why: `${title} did not start: ${why}.` }
  }
}
