/**
 * A worker whose GPU is lost at a call, as whoever starts it says in the environment, and whose process
 * may end with it.
 */
import { executorOn } from '../../src-main/executors/on-device.ts'
import { serveWorker } from '../../src-main/pipeline/worker.ts'
import { losingDevice } from '../support/losing-device.ts'

const call = Number(process.env['LOST_AT_CALL'])
const crash = () => void process.kill(process.pid, 'SIGKILL')
const lose = process.env['LOST_BY'] === 'crash' ? crash : undefined

serveWorker((device, options) =>
  device === 'cpu' ? executorOn(device, options) : losingDevice(call, false, lose)
)
