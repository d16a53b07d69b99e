/** Looks for a device in a thread of its own. */
import { threadEntry } from '../installation.ts'
import { runPool } from '../jobs/pool.ts'
import type { DeviceName } from './devices.ts'
import type { Probe } from './probe.ts'

/** Whether a device is there, as `probeDevice` says it. */
export async function lookFor(device: DeviceName): Promise<Probe> {
  const found: Probe[] = []
  await runPool<null, DeviceName, Probe>({
    worker: threadEntry('probe'),
    data: null,
    tasks: [device],
    threads: 1,
    onResult: (probe) => void found.push(probe)
  })
  return found[0]!
}
