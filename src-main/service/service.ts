/** What the core keeps between the calls of its windows. */
import { availableParallelism } from 'node:os'
import type { Settings } from '../../src-preload/contract/application.ts'
import { namesIn } from './data-folder.ts'
import { DataFacts } from './data-facts.ts'
import { Devices } from './devices.ts'
import { JobCenter } from './jobs.ts'
import { KnownProjects } from './known-projects.ts'
import { OpenProjects } from './open-projects.ts'
import { PickedPaths } from './picked.ts'
import type { Shell } from './shell.ts'
import { storedSettings } from './settings.ts'
import type { Stored } from './stored.ts'

export interface Service {
  readonly dataFolder: string
  readonly shell: Shell
  readonly settings: Stored<Settings>
  readonly jobs: JobCenter
  readonly known: KnownProjects
  readonly open: OpenProjects
  readonly picked: PickedPaths
  readonly facts: DataFacts
  readonly devices: Devices
  /** Its folders are models that every window may choose. */
  readonly modelsFolder: string
  /** Cancels all work and lets go of all projects. */
  close(): Promise<void>
}

/** Rounds at the same time. */
export function threadsOf({ threads }: Settings): number {
  return threads ?? availableParallelism()
}

/** Starts the service of one data folder. */
export function createService(
  dataFolder: string,
  shell: Shell,
  { modelsFolder }: { modelsFolder?: string | undefined } = {}
): Service {
  const names = namesIn(dataFolder)
  const settings = storedSettings(names.settings)
  const devices = new Devices(names)
  const jobs = new JobCenter({
    threads: () => threadsOf(settings.value),
    devices: {
      choose: (work, options) => devices.choose(settings.value.device, work, options),
      failed: (use, work) => void devices.noteFailure(use, work)
    }
  })
  const open = new OpenProjects()
  return {
    dataFolder,
    shell,
    settings,
    jobs,
    known: new KnownProjects(names),
    open,
    picked: new PickedPaths(),
    facts: new DataFacts(),
    devices,
    modelsFolder: modelsFolder ?? names.models,
    async close() {
      await Promise.all([jobs.close(), devices.close()])
      open.closeAll()
    }
  }
}
