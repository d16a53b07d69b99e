import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { visiblePlace, WindowPlaces } from '../../../src-main/hosts/desktop/window-places.ts'

const size = { width: 1000, height: 700, maximized: false }
const left = { x: -1920, y: 0, width: 1920, height: 1080 }
/** Below a bar of the system. */
const main = { x: 0, y: 30, width: 1280, height: 770 }

describe('a place', () => {
  it.each([
    ['in the middle', { x: 100, y: 100 }, true],
    ['in the corner', { x: 0, y: 30 }, true],
    ['on the other screen', { x: -1800, y: 0 }, true],
    ['on both screens', { x: -500, y: 200 }, true],
    ['half beyond the edge', { x: 900, y: 600 }, true],
    ['just grasped at the right', { x: 1229, y: 100 }, true],
    ['out of reach at the right', { x: 1230, y: 100 }, false],
    ['just grasped at the left', { x: -1920 - 949, y: 100 }, true],
    ['out of reach at the left', { x: -1920 - 950, y: 100 }, false],
    ['just grasped at the bottom', { x: 100, y: 749 }, true],
    ['out of reach at the bottom', { x: 100, y: 750 }, false],
    ['with its title under the bar', { x: 100, y: 29 }, false],
    ['on a screen that is gone', { x: 3000, y: 100 }, false]
  ])('%s is kept: %#', (_, at, isKept) => {
    const place = { at, ...size }
    expect(visiblePlace(place, [main, left])).toEqual(isKept ? place : { at: null, ...size })
  })

  it('is left to the system where there never was one, or no screen', () => {
    expect(visiblePlace({ at: null, ...size }, [main])).toEqual({ at: null, ...size })
    expect(visiblePlace({ at: { x: 0, y: 30 }, ...size }, [])).toEqual({ at: null, ...size })
  })
})

describe('places', () => {
  let folder: string
  let path: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'erratum-places-'))
    path = join(folder, 'data', 'window.json')
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  it('are found again by the next start', async () => {
    const place = { at: { x: 5, y: 40 }, ...size, maximized: true }
    const places = new WindowPlaces(path)
    places.note(place)
    await places.saved()
    expect(new WindowPlaces(path).last).toEqual(place)
  })

  it('are not written again where nothing has changed', async () => {
    const places = new WindowPlaces(path)
    places.note({ ...places.last })
    await places.saved()
    expect(existsSync(path)).toBe(false)
  })

  it.each([
    ['no JSON', '{'],
    ['another shape', '[]'],
    ['no window that can be seen', '{"at":null,"width":3,"height":3,"maximized":false}'],
    ['numbers that are none', '{"at":{"x":"0","y":0},"width":800,"height":600,"maximized":false}']
  ])('are the usual ones where the file has %s', async (_, content) => {
    const usual = new WindowPlaces(path).last
    path = join(folder, 'window.json')
    writeFileSync(path, content)
    expect(new WindowPlaces(path).last).toEqual(usual)
  })

  it('that cannot be kept are told of, and nothing fails', async () => {
    writeFileSync(join(folder, 'file'), '')
    const said = vi.spyOn(console, 'error').mockReturnValue()
    const places = new WindowPlaces(join(folder, 'file', 'window.json'))
    places.note({ at: null, ...size })
    await places.saved()
    expect(said).toHaveBeenCalledExactlyOnceWith(expect.stringMatching(/could not be written/))
    said.mockRestore()
    expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('')
  })
})
