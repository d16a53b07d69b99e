/** The thread that looks for devices: starting a GPU would hold up whoever waits for other answers. */
import { serveTasks } from '../jobs/serve.ts'
import type { DeviceName } from './devices.ts'
import type { Probe } from './probe.ts'
import { probeDevice } from './probe.ts'

serveTasks<null, DeviceName, Probe>(() => probeDevice)
