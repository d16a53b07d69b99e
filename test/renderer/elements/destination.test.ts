import { flushSync, mount, unmount } from 'svelte'
import { expect, it, onTestFinished, vi } from 'vitest'
import Destination from '../../../src-renderer/elements/export/Destination.svelte'
import type { ApplicationInfo } from '../../../src-renderer/state/application.svelte.ts'
import { application } from '../../../src-renderer/state/application.svelte.ts'
import { answer } from '../core.ts'

const button = (name: string) =>
  Array.from(document.querySelectorAll('button')).find(({ textContent }) =>
    textContent.includes(name)
  )

it('says where an export goes, and leads back from a folder that was picked', async () => {
  application.info = { hasDialogs: true } as ApplicationInfo
  answer('application', 'pickFolder', () => ({ token: 'a', name: 'Documents', bytes: 0 }))
  const view = mount(Destination, { target: document.body, props: { picked: null } })
  onTestFinished(() => unmount(view))
  expect(document.body.textContent).toContain('In the folder exports of the project')
  expect(button("project's own")).toBeUndefined()
  button('Choose')!.click()
  await vi.waitFor(() =>
    expect(document.body.textContent).toMatch(/In a new folder in\s+Documents/)
  )
  button("project's own")!.click()
  flushSync()
  expect(document.body.textContent).toContain('In the folder exports of the project')
  expect(document.activeElement).toBe(button('Choose'))
})
