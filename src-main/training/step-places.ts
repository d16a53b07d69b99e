/** Where the steps of a trainer are run: with the parameters on the device, or fed from the host. */
import type { Executor } from '../executors/executor.ts'
import { BatchRunner } from '../models/batch-runner.ts'
import { trainStepGraph } from '../models/graphs.ts'
import type { Model } from '../models/model.ts'
import { DeviceUpdates, trainStepExecutor } from './device-parameters.ts'
import type { TrainingSettings } from './settings.ts'

/** What runs train steps, and what changes the parameters if they are on a device. */
export interface StepPlace {
  runner: BatchRunner
  device?: DeviceUpdates
}

/** Keeps what is compiled from one training to the next. */
export class StepPlaces {
  readonly #model: Model
  readonly #settings: TrainingSettings
  readonly #executor: Executor
  #host: StepPlace | undefined
  #device: Required<StepPlace> | undefined

  constructor(model: Model, settings: TrainingSettings, executor: Executor) {
    this.#model = model
    this.#settings = settings
    this.#executor = executor
  }

  /** The device's, as long as the executor has a memory. */
  get current(): StepPlace {
    const open = this.#executor.openMemory
    if (!open) return (this.#host ??= { runner: this.#runnerOn(this.#executor) })
    if (this.#device) return this.#device
    const memory = open()
    const runner = this.#runnerOn(trainStepExecutor(memory, this.#model))
    return (this.#device = { runner, device: new DeviceUpdates(memory) })
  }

  async dispose(): Promise<void> {
    await this.#host?.runner.dispose()
    await this.#device?.runner.dispose()
    await this.#device?.device.memory.dispose()
  }

  #runnerOn(executor: Executor): BatchRunner {
    const { batchSize, accumulation, dropout, frozenLayers } = this.#settings
    return new BatchRunner({
      model: this.#model,
      executor,
      graph: (of, shape) => trainStepGraph(of, shape, { dropout: dropout > 0, frozenLayers }),
      rows: Math.ceil(batchSize / accumulation)
    })
  }
}
