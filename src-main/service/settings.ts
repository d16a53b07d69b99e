/** What the user has set for this machine; the command line honours it as well. */
import { settingsSchema } from '../../src-preload/contract/application.ts'
import type { Settings } from '../../src-preload/contract/application.ts'
import { Stored } from './stored.ts'

/** The settings in a file; before anything was set, what suits most. */
export function storedSettings(path: string): Stored<Settings> {
  return new Stored<Settings>(path, settingsSchema, { threads: null, device: 'auto' })
}
