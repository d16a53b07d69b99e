/** A process for look-for.test.ts that finds no device, each in a way of its own. */
import type { DeviceName } from '../../src-main/executors/devices.ts'
import type { Probe } from '../../src-main/executors/probe.ts'
import { serveTasks } from '../../src-main/jobs/serve.ts'

serveTasks<null, DeviceName, Probe>(() => (device) => {
  switch (device) {
    case 'cuda':
      return process.exit(7)
    case 'dml':
      throw new TypeError('no such driver.')
    case 'coreml':
      return new Promise(() => undefined)
    default:
      for (;;);
  }
})
