/** Opening projects, from wherever one is. */
import { core, failure } from '../host/host.ts'
import type { Outputs } from '../host/host.ts'
import { jobs } from './jobs.svelte.ts'
import { notices } from './notices.svelte.ts'
import { place } from './place.svelte.ts'

export type ProjectCard = Outputs['projects']['list'][number]

/** Opens the demo; the first time it is made, and opened when that has ended. */
export async function openDemo(): Promise<void> {
  try {
    const started = await core.projects.demo.mutate()
    if ('project' in started) go(started.project)
    else whenMade(started.job, go)
  } catch (error) {
    notices.fail(failure(error))
  }
}

const go = (project: string) => place.go({ view: 'mistakes', project, detail: null })

/** Calls a function with the project that a job has made, if it makes one. */
export function whenMade(job: string, then: (project: string) => void): void {
  const stop = jobs.onEnd((ended) => {
    if (ended.id !== job) return
    stop()
    if (ended.result?.kind === 'project') then(ended.result.project)
  })
}

/** Opens a project folder that the user picks. */
export async function openFolder(): Promise<void> {
  try {
    const folder = await core.application.pickFolder.mutate()
    if (!folder) return
    const { project } = await core.projects.add.mutate({ folder: folder.token })
    place.go({ view: 'data', project, detail: null })
  } catch (error) {
    notices.fail(failure(error))
  }
}
