/** How long a step of a model takes on a device, found out by a few of them. */
import { ErratumError } from '../errors.ts'
import type { DeviceName } from '../executors/devices.ts'
import { workerEntry } from '../installation.ts'
import { runPool } from '../jobs/pool.ts'
import { models } from '../models/models.ts'
import { mean } from '../statistics.ts'
import { shared, wordTexts } from '../tokens/encode.ts'
import { trainingBytes } from '../training/memory.ts'
import { freeBytes, requireMemory, workerBytes } from './memory-check.ts'
import { placeFor } from './tasks.ts'
import type { TypicalStep } from './typical-step.ts'
import type { Task, TaskResult, WorkerData } from './worker.ts'

/**
 * Steps that are timed, after as many that compile and warm up. A device may be waited for after each,
 * which a training does less often: its time is rather told too long than too short.
 */
const timedSteps = 2

/** How long a device but the CPU may take: what hangs, or takes minutes for a few steps, is of no use. */
const limitMs = 120_000

/** What measures a step. */
export interface MeasuredOn {
  device: DeviceName
  /** Threads inside one operator, for what runs on the CPU. */
  operatorThreads: number
  /** Trainings that run side by side meanwhile, a worker each. */
  atOnce: number
}

export interface MeasureOptions {
  signal?: AbortSignal | undefined
  /** The workers' file; a test may have its own. */
  worker?: URL
}

/**
 * Seconds of one step of each training; throws `cancelled`, or why it fails there. Several that do not
 * fit into the memory, and a device that takes too long, are `training-failed`.
 */
export async function measureStep(
  step: TypicalStep,
  { device, operatorThreads, atOnce }: MeasuredOn,
  { signal, worker = workerEntry('worker') }: MeasureOptions = {}
): Promise<number> {
  const place = placeFor(device)
  const data = { ...typicalTraining(step), device, operatorThreads }
  if (atOnce > 1) requireRoom(data, atOnce)
  const limit = place === 'process' ? AbortSignal.timeout(limitMs) : undefined
  const stop = AbortSignal.any([signal, limit].filter((each) => each !== undefined))
  const { tasks, take, seconds } = measurements(atOnce)
  try {
    await runPool<WorkerData, Task<'measure'>, TaskResult<'measure'>>({
      ...{ worker, place, data, tasks, threads: atOnce, signal: stop, onResult: take }
    })
  } catch (error) {
    if (!limit?.aborted || signal?.aborted) throw error
    throw new ErratumError('training-failed', `A few steps took more than ${limitMs / 1000} s.`)
  }
  return mean(seconds)
}

/** Two epochs of a few typical batches, of whose tokens a third are distinct. */
function typicalTraining({ model, classes, settings, words, tokens }: TypicalStep) {
  const { batchSize } = settings
  const rows = timedSteps * batchSize
  const padId = model.sizes['padId'] ?? 0
  const distinct = Math.max(Math.min(Math.ceil((batchSize * tokens) / 3), words - padId - 1), 1)
  const ids = Int32Array.from({ length: rows * tokens }, (_, i) => padId + 1 + (i % distinct))
  const offsets = Int32Array.from({ length: rows + 1 }, (_, row) => row * tokens)
  const texts = wordTexts({ ids: shared(ids), offsets: shared(offsets), padId })
  const classOf = Int32Array.from({ length: rows }, (_, row) => row % classes)
  return {
    model: { ...model, classes },
    pretrained: null,
    words,
    settings: { ...settings, epochs: 2 },
    training: {
      texts,
      rows: Int32Array.from(classOf.keys()),
      classes: classOf,
      weights: new Float32Array(rows).fill(1)
    },
    heldOut: { texts, classes: classOf }
  }
}

/** Throws where several trainings at once do not fit. */
function requireRoom({ model, settings, words, training, device }: WorkerData, atOnce: number) {
  const { texts, rows } = training
  const built = models[model.name].create(model.sizes, model.classes)
  const load = { model: built, settings, words, texts, rows, seed: 0, isPretrained: false }
  const each = trainingBytes(load) + workerBytes(device)
  requireMemory(atOnce * each, freeBytes(), `Trying ${atOnce} trainings at once of`)
}

/** The tasks of so many workers: each warms up, and once all have, each takes its time. */
function measurements(workers: number) {
  const seconds: number[] = []
  let warm = 0
  let begin!: () => void
  const allWarm = new Promise<void>((resolve) => (begin = resolve))
  async function* tasks(): AsyncGenerator<Task<'measure'>> {
    for (let i = 0; i < workers; i++) yield { kind: 'measure', part: 'warm-up' }
    await allWarm
    for (let i = 0; i < workers; i++) yield { kind: 'measure', part: 'time' }
  }
  const take = (result: number | null): void => {
    if (result !== null) seconds.push(result)
    else if (++warm === workers) begin()
  }
  return { tasks: tasks(), take, seconds }
}
