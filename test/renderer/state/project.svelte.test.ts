import { beforeEach, expect, it, vi } from 'vitest'
import { flushSync } from 'svelte'
import { current } from '../../../src-renderer/state/project.svelte.ts'
import { Refusal, answer, tellJobs } from '../core.ts'

const asked = vi.fn()

/** Goes to a project, as a link does. */
function go(project: string | null): void {
  location.hash = project === null ? '#/' : `#/project/${project}/data`
  dispatchEvent(new HashChangeEvent('hashchange'))
  flushSync()
}

beforeEach(() => {
  go(null)
  asked.mockClear()
  answer('projects', 'open', ({ project }) => {
    asked(project)
    return { id: project, trained: asked.mock.calls.length > 1 }
  })
})

it('opens the project of the address, once', async () => {
  go('films')
  await vi.waitFor(() => expect(current.overview?.id).toBe('films'))
  flushSync()
  // A question that came of the answer would be asked before the next project is.
  go('mails')
  expect(current.overview).toBeUndefined()
  await vi.waitFor(() => expect(current.overview?.id).toBe('mails'))
  flushSync()
  expect(asked.mock.calls).toEqual([['films'], ['mails']])
})

it('is asked anew when a job of the project has ended, and stays shown meanwhile', async () => {
  go('films')
  await vi.waitFor(() => expect(current.overview?.trained).toBe(false))
  for (const project of ['films', 'mails']) {
    tellJobs([{ id: project, project, endedAt: null }])
    tellJobs([{ id: project, project, endedAt: '2026-01-01T00:00:00Z' }])
  }
  expect(current.overview).toBeDefined()
  await vi.waitFor(() => expect(current.overview?.trained).toBe(true))
  expect(asked.mock.calls).toEqual([['films'], ['films']])
})

it('says why a project cannot be opened, until another one is', async () => {
  answer('projects', 'open', () => {
    throw new Refusal('missing', 'Its folder is gone.')
  })
  go('films')
  await vi.waitFor(() => expect(current.error?.message).toBe('Its folder is gone.'))
  answer('projects', 'open', ({ project }) => ({ id: project }))
  go('mails')
  await vi.waitFor(() => expect(current.error).toBeUndefined())
})
