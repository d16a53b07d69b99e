/** What a long piece of work is given besides its arguments. */
import type { DeviceUse } from '../executors/devices.ts'
import type { Progress } from '../jobs/progress.ts'
import type { TypicalStep } from './typical-step.ts'

export interface Job {
  readonly signal?: AbortSignal | undefined
  /** Threads that work at the same time. */
  readonly threads: number
  /** What is to compute a piece of work; the CPU unless given. It may take steps to find out. */
  readonly device?: ((work: PlannedWork) => Promise<DeviceUse>) | undefined
  /** Told, in a sentence, of what went otherwise than asked. */
  onNote?(note: string): void
  /** The file of the workers; a test may have its own. */
  readonly worker?: URL
  onProgress?(progress: Progress): void
}

/** Work that a device is wanted for. */
export interface PlannedWork {
  step: TypicalStep
  /** Whether there are several such trainings, to be done side by side; on the CPU a thread each. */
  sideBySide: boolean
  /** Threads that the CPU would do it with. */
  threads: number
}

/** What the choice of a device is given besides the work. */
export interface ChoiceOptions {
  signal?: AbortSignal | undefined
  /** Called before steps are taken to find the fastest device, which lasts seconds. */
  onMeasure?: () => void
}

/** Chooses what is to compute. */
export interface DeviceChooser {
  choose(work: PlannedWork, options: ChoiceOptions): Promise<DeviceUse>
  /** Is told of a use in which a device has failed. */
  failed(use: DeviceUse, work: PlannedWork): void
}

/** A job that computes on the device of a choice and, once that has failed, on the CPU to its end. */
export function onDevice<J extends Job>(job: J, chooser: DeviceChooser): J {
  let last: { use: DeviceUse; work: PlannedWork } | undefined
  let hasFailed = false
  const message = 'Measuring how fast the devices are'
  const onMeasure = () => job.onProgress?.({ done: 0, total: null, secondsLeft: null, message })
  return {
    ...job,
    async device(work) {
      if (hasFailed) return { device: 'cpu' }
      const use = await chooser.choose(work, { signal: job.signal, onMeasure })
      last = { use, work }
      return use
    },
    onNote(note) {
      hasFailed = true
      if (last) chooser.failed(last.use, last.work)
      job.onNote?.(note)
    }
  }
}
