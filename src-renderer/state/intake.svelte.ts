/** The data file for a new project: dropped anywhere, or chosen. */
import type { Picked } from '../host/host.ts'
import { core, failure, handIn } from '../host/host.ts'
import { place } from './place.svelte.ts'

class Intake {
  file = $state.raw<Picked | undefined>()
  /** A second file with the held-out rows. */
  testFile = $state.raw<Picked | undefined>()
  /** The share of a file that has been sent; undefined while none is. */
  sent = $state<number | undefined>()
  /** The name of the file on its way. */
  sending = $state('')
  error = $state.raw<{ code: string; message: string } | undefined>()

  /** Takes a file that was dropped or chosen in the page, and goes to where it is looked at. */
  async take(file: File, as: 'file' | 'testFile' = 'file'): Promise<void> {
    if (as === 'file') {
      this.clear()
      place.go({ view: 'new' })
    }
    this.error = undefined
    this.sending = file.name
    this.sent = 0
    try {
      this[as] = await handIn(file, (share) => (this.sent = share))
    } catch (error) {
      this.error = failure(error)
    }
    this.sent = undefined
  }

  /** Asks for a file in the system's own dialog. */
  async pick(as: 'file' | 'testFile'): Promise<void> {
    this.error = undefined
    try {
      const picked = await core.application.pickFile.mutate()
      if (picked) this[as] = picked
    } catch (error) {
      this.error = failure(error)
    }
  }

  clear(): void {
    this.file = undefined
    this.testFile = undefined
    this.error = undefined
  }
}

export const intake = new Intake()
