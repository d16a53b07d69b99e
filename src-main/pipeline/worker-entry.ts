/** The worker of every long job. */
import { executorOn } from '../executors/on-device.ts'
import { serveWorker } from './worker.ts'

serveWorker(executorOn)
