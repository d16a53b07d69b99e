/** What the workers of every long job do: one table of the tasks. */
import type { DeviceName } from '../executors/devices.ts'
import { failureNote } from '../executors/devices.ts'
import type { Executor } from '../executors/executor.ts'
import { withFallback } from '../executors/fallback.ts'
import type { executorOn } from '../executors/on-device.ts'
import { writableOrExplain } from '../files/write-errors.ts'
import { makeFolder } from '../files/write.ts'
import { GradientExtractor } from '../gradients/extractor.ts'
import { writeGradients } from '../gradients/gradient-files.ts'
import { topPositions } from '../influence/word-terms.ts'
import type { TaskContext } from '../jobs/serve.ts'
import { serveTasks } from '../jobs/serve.ts'
import type { Model } from '../models/model.ts'
import type { ModelName, ModelSizes } from '../models/models.ts'
import { models } from '../models/models.ts'
import type { RoundResult, RoundTask } from '../retrain/round.ts'
import { runRound } from '../retrain/round.ts'
import type { EncodedTexts } from '../tokens/encode.ts'
import type { Tensors } from '../executors/executor.ts'
import type { Epoch } from '../training/base-record.ts'
import { readCheckpoint, writeCheckpoint } from '../training/checkpoints.ts'
import { evaluate } from '../training/evaluate.ts'
import { Predictor } from '../training/predict.ts'
import type { TrainingSettings } from '../training/settings.ts'
import type { TrainingObserver, TrainingSet } from '../training/trainer.ts'
import type { TrainingView } from '../training/live.ts'
import { LiveTraining } from '../training/live.ts'
import { PeakMemory } from './memory-check.ts'
import { readPretrained } from './pretrained.ts'
import { TimedSteps } from '../training/timed-steps.ts'
import { Trainer } from '../training/trainer.ts'
import type { UnfinishedTraining } from '../training/unfinished.ts'
import { readPoint, writePoint } from '../training/unfinished.ts'

/** What every task works with; the large arrays are shared between threads. */
export interface WorkerData {
  model: { name: ModelName; sizes: ModelSizes; classes: number }
  /** The folder of the parameters that every training starts from; null where there is none. */
  pretrained: string | null
  /** Rows of the embedding. */
  words: number
  settings: TrainingSettings
  /** What computes; where it fails, the CPU does the rest. */
  device: DeviceName
  /** Threads inside one operator, on the CPU. */
  operatorThreads: number
  training: TrainingSet
  heldOut: { texts: EncodedTexts; classes: Int32Array }
}

export interface BaseModel {
  /** Of the whole training, however often it was stopped. */
  training: UnfinishedTraining
  /** Probabilities [held-out rows, classes] of the last epoch. */
  probabilities: Float32Array
  /** Most memory that the process had meanwhile. */
  peakBytes: number
}

interface Tasks {
  /**
   * Trains the base model and writes a checkpoint an epoch into an existing folder; goes on after
   * the epochs that stand there already.
   */
  train: {
    given: { training: UnfinishedTraining; folder: string }
    result: BaseModel
    detail: TrainingView
  }
  /** Extracts the gradients of the training set at one checkpoint. */
  gradients: {
    given: { models: string; epoch: number; folder: string }
    result: number
    detail: never
  }
  round: { given: RoundTask; result: RoundResult; detail: never }
  /**
   * Trains on a few batches twice, for the seconds that a step takes the second time. In two parts, so that
   * several workers begin to time together: the one that warms up gives null.
   */
  measure: { given: { part: 'warm-up' | 'time' }; result: number | null; detail: never }
}

export type TaskName = keyof Tasks
export type Task<Name extends TaskName = TaskName> = {
  [Each in Name]: { kind: Each } & Tasks[Each]['given']
}[Name]
export type TaskResult<Name extends TaskName = TaskName> = Tasks[Name]['result']

/** What a task tells of while it runs. */
export type TaskDetail<Name extends TaskName = TaskName> = Tasks[Name]['detail']

type Handlers = {
  [Name in TaskName]: (
    given: Tasks[Name]['given'],
    context: TaskContext
  ) => Promise<Tasks[Name]['result']>
}

/** How a device's executor is made. */
type MakeExecutor = typeof executorOn

/** A device with the CPU behind it, and which of them have computed. */
class DeviceInUse {
  readonly executor: Executor
  #current: DeviceName

  constructor(data: WorkerData, make: MakeExecutor, note: (note: string) => void) {
    const { device, operatorThreads: threads } = data
    this.#current = device
    const cpu = make('cpu', { threads })
    const fail = (reason: string) => {
      this.#current = 'cpu'
      note(failureNote(device, reason))
    }
    this.executor = device === 'cpu' ? cpu : withFallback(make(device, { threads }), cpu, fail)
  }

  /** Starts to watch; the function that it gives tells the devices that have computed since. */
  watch(): () => DeviceName[] {
    const first = this.#current
    return () => [...new Set([first, this.#current])]
  }
}

async function handlers(
  data: WorkerData,
  make: MakeExecutor,
  note: (note: string) => void
): Promise<Handlers> {
  const { training, heldOut, settings, words } = data
  const { name, sizes, classes } = data.model
  const model: Model = models[name].create(sizes, classes)
  const inUse = new DeviceInUse(data, make, note)
  const { executor } = inUse
  const given = data.pretrained
    ? await readPretrained(data.pretrained, { name, sizes }, classes)
    : undefined
  const trainer = new Trainer(model, { words, settings, executor, given })
  const predictor = new Predictor(model, executor)
  let steps: TimedSteps | undefined
  return {
    async train({ training: before, folder }, { signal, report }) {
      const last = before.epochs.at(-1)?.epoch
      const from = last === undefined ? undefined : await readPoint(folder, last, { model, words })
      const started = performance.now()
      const devicesSince = inUse.watch()
      let unfinished: UnfinishedTraining = from ? before : { ...before, epochs: [], seconds: 0 }
      const live = new LiveTraining(unfinished.epochs)
      const memory = new PeakMemory()
      let probabilities: Float32Array | undefined
      const predict = (parameters: Tensors) => predictor.predict(heldOut.texts, parameters, signal)
      const observer: TrainingObserver = {
        signal,
        onStep(done, total, result) {
          live.add(done, total, result)
          memory.look()
          report(done / total, epochText(unfinished.epochs, settings.epochs), live.view)
        },
        async onEpoch(result, parameters, state) {
          probabilities = await predict(parameters)
          const { loss, accuracy } = evaluate(probabilities, heldOut.classes, classes)
          const epoch = { ...result, heldOutLoss: loss, heldOutAccuracy: accuracy }
          const seconds = before.seconds + (performance.now() - started) / 1000
          const devices = [...new Set([...before.devices, ...devicesSince()])]
          unfinished = { ...unfinished, epochs: [...unfinished.epochs, epoch], seconds, devices }
          live.epochs = unfinished.epochs
          await writeCheckpoint(folder, model, parameters, result)
          await writePoint(folder, unfinished, state)
        }
      }
      const parameters = await trainer.train(training, before.seed, observer, from)
      probabilities ??= await predict(parameters)
      memory.look()
      return { training: unfinished, probabilities, peakBytes: memory.bytes }
    },

    async gradients({ models: checkpoints, epoch, folder }, { signal, report }) {
      await makeFolder(folder)
      const parameters = await readCheckpoint(checkpoints, epoch, { model, words })
      const extractor = new GradientExtractor(model, parameters, executor)
      const onText = (done: number, total: number) =>
        report(done / total, `gradients at epoch ${epoch}`)
      const options = { positions: topPositions, size: model.embeddingSize, signal, onText }
      await writableOrExplain(folder, () => writeGradients(folder, extractor, training, options))
      await extractor.dispose()
      return epoch
    },

    async round(task, { signal, report }) {
      const devicesSince = inUse.watch()
      const tools = { trainer, predictor, training, heldOut, classes }
      const onStep = (done: number, total: number) => report(done / total, `seed ${task.seed}`)
      const judged = await runRound(task, tools, { onStep, signal })
      return { ...judged, devices: devicesSince() }
    },

    async measure({ part }, { signal }) {
      // Nothing stands behind the device here: one that fails has no time.
      if (!steps) {
        const alone = make(data.device, { threads: data.operatorThreads })
        const timed = new Trainer(model, { words, settings, executor: alone, given })
        steps = new TimedSteps(timed, training, signal)
      }
      return part === 'time' ? steps.time() : steps.warmedUp
    }
  }
}

/** Where training stands, with the epoch that was finished last. */
function epochText(epochs: readonly Epoch[], total: number): string {
  const last = epochs.at(-1)
  const doing = `epoch ${Math.min(epochs.length + 1, total)} of ${total}`
  if (!last) return doing
  return `${doing}, loss ${last.loss.toFixed(3)}, held-out accuracy ${last.heldOutAccuracy.toFixed(3)}`
}

/** Serves the tasks of a pool, on the executors that are made of devices. */
export function serveWorker(make: MakeExecutor): void {
  serveTasks<WorkerData, Task, TaskResult>(async (data, note) => {
    const table = await handlers(data, make, note)
    return (task, context) => {
      switch (task.kind) {
        case 'train':
          return table.train(task, context)
        case 'gradients':
          return table.gradients(task, context)
        case 'round':
          return table.round(task, context)
        case 'measure':
          return table.measure(task, context)
      }
    }
  })
}
