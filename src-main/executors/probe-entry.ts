/** The process that looks for devices. */
import { serveTasks } from '../jobs/serve.ts'
import type { DeviceName } from './devices.ts'
import type { Probe } from './probe.ts'
import { probeDevice } from './probe.ts'

serveTasks<null, DeviceName, Probe>(() => probeDevice)
