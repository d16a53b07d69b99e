/** A worker whose GPU is lost at the call that whoever starts it has set as `call`. */
import { getEnvironmentData } from 'node:worker_threads'
import { executorOn } from '../../src-main/executors/on-device.ts'
import { serveWorker } from '../../src-main/pipeline/worker.ts'
import { losingDevice } from '../support/losing-device.ts'

const call = Number(getEnvironmentData('call'))

serveWorker((device, options) =>
  device === 'cpu' ? executorOn(device, options) : losingDevice(call)
)
