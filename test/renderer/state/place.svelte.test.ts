import { describe, expect, it, vi } from 'vitest'
import type { Place } from '../../../src-renderer/state/place.svelte.ts'
import { addressOf, place } from '../../../src-renderer/state/place.svelte.ts'

const project = '0123456789abcdef'

/** Lets the browser go to an address, as a link or its history would. */
function go(hash: string): void {
  location.hash = hash
  dispatchEvent(new HashChangeEvent('hashchange'))
}

const places: Place[] = [
  { view: 'start' },
  { view: 'new' },
  { view: 'settings' },
  { view: 'data', project, detail: null },
  { view: 'bench', project, detail: '4182' },
  { view: 'runs', project, detail: 'fix-1,fix-2' },
  { view: 'export', project, detail: 'a fix/with #odd? letters' }
]

it.each(places)('finds %o at its own address', (wanted) => {
  go(addressOf(wanted))
  expect(place.current).toEqual(wanted)
})

describe('an address that names no place', () => {
  it.each(['#/nowhere', '#/project', `#/project/${project}/nowhere`, '#', '#%E0%A4%A', '#/new%'])(
    'is the start: %s',
    (hash) => {
      go('#/settings')
      go(hash)
      expect(place.current).toEqual({ view: 'start' })
    }
  )
})

it('makes a step in the history when it goes, and none when it replaces', () => {
  const replaced = vi.spyOn(location, 'replace').mockImplementation(() => undefined)
  place.go({ view: 'data', project, detail: null })
  expect(location.hash).toBe(`#/project/${project}/data`)
  expect(replaced).not.toHaveBeenCalled()
  place.replace({ view: 'start' })
  expect(replaced).toHaveBeenCalledExactlyOnceWith('#/')
})
