/** The project that the window is in. */
import { untrack } from 'svelte'
import { core, failure, onConnection } from '../host/host.ts'
import type { Outputs } from '../host/host.ts'
import { jobs } from './jobs.svelte.ts'
import { place } from './place.svelte.ts'

export type Overview = Outputs['projects']['open']

class CurrentProject {
  /** The project of the address; undefined outside of any, or while it opens. */
  overview = $state.raw<Overview | undefined>()
  /** Why it cannot be opened. */
  error = $state.raw<{ code: string; message: string } | undefined>()
  readonly id = $derived('project' in place.current ? place.current.project : undefined)

  constructor() {
    $effect.root(() => {
      $effect(() => {
        const { id } = this
        // Only the address counts: what comes back must not be asked for once more, without an end.
        if (id !== untrack(() => this.overview?.id)) this.overview = undefined
        if (id !== undefined) void this.#open(id)
      })
    })
    onConnection((connected) => {
      if (connected && this.error && this.id !== undefined) void this.#open(this.id)
    })
    // Training and imports change what a project says of itself.
    jobs.onEnd((job) => {
      if (this.id !== undefined && job.project === this.id) void this.#open(this.id)
    })
  }

  async #open(id: string): Promise<void> {
    try {
      const overview = await core.projects.open.query({ project: id })
      if (id !== this.id) return
      this.overview = overview
      this.error = undefined
    } catch (error) {
      if (id === this.id) this.error = failure(error)
    }
  }
}

export const current = new CurrentProject()
