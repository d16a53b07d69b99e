/** The application itself, as the core says it is. */
import { core, failure } from '../host/host.ts'
import type { Inputs, Outputs } from '../host/host.ts'
import { notices } from './notices.svelte.ts'

export type ApplicationInfo = Outputs['application']['info']

class Application {
  info = $state.raw<ApplicationInfo | undefined>()

  constructor() {
    core.application.info.query().then(
      (info) => (this.info = info),
      (error) => notices.fail(failure(error))
    )
  }

  /** Keeps settings; those left out stay. */
  async change(change: Inputs['application']['change']): Promise<void> {
    try {
      const settings = await core.application.change.mutate(change)
      if (this.info) this.info = { ...this.info, settings }
    } catch (error) {
      notices.fail(failure(error))
    }
  }
}

export const application = new Application()
