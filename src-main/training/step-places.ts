/** Where the steps of a trainer are run: with the numbers on the device, or fed from the host. */
import type { DeviceMemory, Executor, Tensors } from '../executors/executor.ts'
import { input } from '../graph/build.ts'
import { BatchRunner } from '../models/batch-runner.ts'
import type { MaskOf } from '../models/graphs.ts'
import { trainStepGraph } from '../models/graphs.ts'
import type { Model } from '../models/model.ts'
import { DeviceGraphs } from './device-graphs.ts'
import { DeviceStepper } from './device-stepper.ts'
import { packedMask } from './dropout.ts'
import { HostStepper } from './host-stepper.ts'
import type { TrainingSettings } from './settings.ts'
import type { Stepper } from './stepper.ts'

export interface StepPlacesOptions {
  model: Model
  /** Rows of the embedding. */
  words: number
  settings: TrainingSettings
  executor: Executor
}

/** Keeps what is compiled from one training to the next. */
export class StepPlaces {
  readonly #options: StepPlacesOptions
  #host: BatchRunner | undefined
  #device: { runner: BatchRunner; graphs: DeviceGraphs } | undefined

  constructor(options: StepPlacesOptions) {
    this.#options = options
  }

  /** Begins a training, on the device as long as the executor has a memory. */
  open(parameters: Tensors, seed: number): Stepper {
    const { model, settings, executor } = this.#options
    const open = executor.openMemory
    if (!open) {
      const runner = (this.#host ??= this.#runnerOn(executor, input))
      return new HostStepper(model, parameters, { ...settings, runner, seed })
    }
    const { runner, graphs } = (this.#device ??= this.#openDevice(open()))
    return new DeviceStepper(graphs, model, parameters, { ...settings, runner, seed })
  }

  async dispose(): Promise<void> {
    await this.#host?.dispose()
    await this.#device?.runner.dispose()
    await this.#device?.graphs.memory.dispose()
  }

  #openDevice(memory: DeviceMemory) {
    const graphs = new DeviceGraphs(memory, this.#options)
    const mask = packedMask(this.#options.settings.dropout)
    return { runner: this.#runnerOn(graphs.trainSteps, mask), graphs }
  }

  #runnerOn(executor: Executor, mask: MaskOf): BatchRunner {
    const { batchSize, accumulation, dropout, frozenLayers } = this.#options.settings
    const options = { frozenLayers, ...(dropout > 0 && { mask }) }
    return new BatchRunner({
      model: this.#options.model,
      executor,
      graph: (of, shape) => trainStepGraph(of, shape, options),
      rows: Math.ceil(batchSize / accumulation)
    })
  }
}
