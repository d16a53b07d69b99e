/** How long a step of a model takes on a device, found out by a few of them. */
import type { DeviceName } from '../executors/devices.ts'
import { threadEntry } from '../installation.ts'
import { runPool } from '../jobs/pool.ts'
import { mean } from '../statistics.ts'
import { shared, wordTexts } from '../tokens/encode.ts'
import { placeFor } from './tasks.ts'
import type { TypicalStep } from './typical-step.ts'
import type { Task, TaskResult, WorkerData } from './worker.ts'

/** Steps that are timed, after one that compiles. */
const timedSteps = 3

/** What measures a step. */
export interface MeasuredOn {
  device: DeviceName
  /** Threads inside one operator, for what runs on the CPU. */
  operatorThreads: number
  /** Trainings that run side by side meanwhile, a worker each. */
  atOnce: number
}

/**
 * Seconds of one step of each training; throws `cancelled`, or why it fails there. `worker` is the
 * workers' file; a test may have its own.
 */
export async function measureStep(
  { model, classes, settings, words, tokens }: TypicalStep,
  { device, operatorThreads, atOnce }: MeasuredOn,
  {
    signal,
    worker = threadEntry('worker')
  }: { signal?: AbortSignal | undefined; worker?: URL } = {}
): Promise<number> {
  const rows = settings.batchSize
  const texts = typicalTexts({ rows, tokens, words, padId: model.sizes['padId'] ?? 0 })
  const classOf = Int32Array.from({ length: rows }, (_, row) => row % classes)
  const { tasks, take, seconds } = measurements(atOnce)
  await runPool<WorkerData, Task<'measure'>, TaskResult<'measure'>>({
    worker,
    place: placeFor(device),
    data: {
      model: { ...model, classes },
      pretrained: null,
      words,
      settings: { ...settings, epochs: 1 + timedSteps },
      operatorThreads,
      device,
      training: {
        texts,
        rows: Int32Array.from(classOf.keys()),
        classes: classOf,
        weights: new Float32Array(rows).fill(1)
      },
      heldOut: { texts, classes: classOf }
    },
    tasks,
    threads: atOnce,
    signal,
    onResult: take
  })
  return mean(seconds)
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

/** One batch, of which a third of the tokens are distinct. */
function typicalTexts(wanted: { rows: number; tokens: number; words: number; padId: number }) {
  const { rows, tokens, words, padId } = wanted
  const distinct = Math.max(Math.min(Math.ceil((rows * tokens) / 3), words - padId - 1), 1)
  const ids = Int32Array.from({ length: rows * tokens }, (_, i) => padId + 1 + (i % distinct))
  const offsets = Int32Array.from({ length: rows + 1 }, (_, row) => row * tokens)
  return wordTexts({ ids: shared(ids), offsets: shared(offsets), padId })
}
