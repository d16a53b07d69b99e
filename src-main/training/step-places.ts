/** Where the steps of a trainer are run: with the numbers on the device, or fed from the host. */
import type { Executor, Tensors } from '../executors/executor.ts'
import { Places } from '../executors/kept-inputs.ts'
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

/** Runs train steps; with graphs, what is between them is on a device. */
interface Place {
  runner: BatchRunner
  graphs?: DeviceGraphs
}

/** Keeps what is compiled from one training to the next. */
export class StepPlaces {
  readonly #options: StepPlacesOptions
  readonly #places: Places<Place>

  constructor(options: StepPlacesOptions) {
    this.#options = options
    const { executor, settings } = options
    this.#places = new Places(executor, (memory) => {
      if (!memory) return { runner: this.#runnerOn(executor, input) }
      const graphs = new DeviceGraphs(memory, options)
      return { runner: this.#runnerOn(graphs.trainSteps, packedMask(settings.dropout)), graphs }
    })
  }

  /** Begins a training, on the device as long as the executor has a memory. */
  open(parameters: Tensors, seed: number): Stepper {
    const { model, settings } = this.#options
    const { runner, graphs } = this.#places.current
    const options = { ...settings, runner, seed }
    return graphs
      ? new DeviceStepper(graphs, model, parameters, options)
      : new HostStepper(model, parameters, options)
  }

  async dispose(): Promise<void> {
    await this.#places.dispose(({ runner }) => runner.dispose())
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
