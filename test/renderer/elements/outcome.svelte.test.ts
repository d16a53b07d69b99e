import { createRawSnippet, flushSync, mount, tick, unmount } from 'svelte'
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import type { JobView } from '../../../src-preload/contract/jobs.ts'
import Outcome from '../../../src-renderer/elements/export/Outcome.svelte'
import { jobs } from '../../../src-renderer/state/jobs.svelte.ts'
import { tellJobs } from '../core.ts'

const endedAt = '2026-01-01T00:00:00Z'
const message = 'It is not allowed.'
const running: Partial<JobView> = { id: 'a', state: 'running', endedAt: null, progress: null }
const done: Partial<JobView> = {
  ...running,
  ...{ state: 'done', endedAt },
  result: { kind: 'exported', folder: '/exports', files: [], rowsRemoved: 1, rowsEdited: 0 }
}
const failed: Partial<JobView> = {
  ...running,
  ...{ state: 'failed', endedAt },
  error: { code: 'cannot-write', message }
}
const cancelled: Partial<JobView> = { ...running, state: 'cancelled', endedAt }

const scrolled = vi.fn()
const nothing = createRawSnippet(() => ({ render: () => '<p>Files.</p>' }))
const status = () => document.querySelector<HTMLElement>('[role=status]')!
const button = (name: string) =>
  Array.from(document.querySelectorAll('button')).find(({ textContent }) => textContent === name)

async function tell(...list: Partial<JobView>[]): Promise<void> {
  tellJobs(list)
  await vi.waitFor(() => expect(jobs.list[0]).toMatchObject(list[0]!))
  flushSync()
  await tick()
}

/** Shows the first job of the list, as a view does. */
function show(retry?: () => void): void {
  const props = {
    retry,
    ...{ before: nothing, after: nothing },
    get job() {
      return jobs.list[0]!
    }
  }
  const view = mount(Outcome, { target: document.body, props })
  onTestFinished(() => unmount(view))
  flushSync()
}

beforeEach(() => {
  Element.prototype.scrollIntoView = scrolled
  scrolled.mockClear()
})

it('is gone to when it ends in view, once, whatever other jobs do', async () => {
  await tell(running)
  show()
  await tell({ ...running, progress: { done: 1, total: 2, secondsLeft: null, message: 'Half' } })
  expect(scrolled).not.toHaveBeenCalled()
  await tell(done)
  expect(scrolled).toHaveBeenCalledOnce()
  const other = { ...running, id: 'b' }
  for (const state of ['waiting', 'running'] as const) await tell(done, { ...other, state })
  await tell(done, { ...other, endedAt })
  expect(scrolled).toHaveBeenCalledOnce()
})

it('is not gone to when it had ended before', async () => {
  await tell(done)
  show()
  await tell(done, { ...running, id: 'b' })
  expect(document.body.textContent).toContain('Written')
  expect(scrolled).not.toHaveBeenCalled()
})

it('says whether it waits, and how far it is, and reads out no more than that', async () => {
  await tell({ ...running, state: 'waiting' })
  show()
  expect(status().textContent).toMatch('It waits for another job to end.')
  await tell({
    ...running,
    progress: { done: 1, total: 4, secondsLeft: 9, message: 'The ONNX file' }
  })
  expect(document.body.textContent).toContain('The ONNX file, 25 %')
  expect(status().textContent.trim()).toBe('Writing…')
  await tell(done)
  expect(status().textContent.trim()).toBe('Written.')
  await tell(failed)
  const alert = document.querySelector('[role=alert]')!
  expect(alert.textContent).toContain(message)
  expect(alert.closest('[role=status], [aria-live]')).toBeNull()
})

describe.each([
  ['failed', failed, 'Try again'],
  ['cancelled', cancelled, 'Export again']
] as const)('one that was %s', (_, job, name) => {
  it('is started anew rather than taken up, and keeps the focus', async () => {
    const retry = vi.fn()
    await tell(job)
    show(retry)
    button(name)!.focus()
    button(name)!.click()
    expect(retry).toHaveBeenCalledOnce()
    await tell({ ...running, id: 'b', state: 'waiting' }, job)
    expect(button(name)).toBeUndefined()
    expect(document.activeElement).toBe(status())
  })

  it('has no such button where nothing is chosen', async () => {
    await tell(job)
    show()
    expect(button(name)).toBeUndefined()
  })
})
