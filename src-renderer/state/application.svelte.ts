/** The application itself, as the core says it is. */
import { core, failure } from '../host/host.ts'
import type { Inputs, Outputs } from '../host/host.ts'
import { notices } from './notices.svelte.ts'

export type ApplicationInfo = Outputs['application']['info']

class Application {
  info = $state.raw<ApplicationInfo | undefined>()
  readonly #onChange = new Set<() => void>()

  constructor() {
    core.application.info.query().then(
      (info) => (this.info = info),
      (error) => notices.fail(failure(error))
    )
  }

  /** Is told whenever settings have changed; gives the function that stops it. */
  onChange(listener: () => void): () => void {
    this.#onChange.add(listener)
    return () => this.#onChange.delete(listener)
  }

  /** Keeps settings; those left out stay. */
  async change(change: Inputs['application']['change']): Promise<void> {
    try {
      const settings = await core.application.change.mutate(change)
      if (this.info) this.info = { ...this.info, settings }
      for (const listener of this.#onChange) listener()
    } catch (error) {
      notices.fail(failure(error))
    }
  }
}

export const application = new Application()
