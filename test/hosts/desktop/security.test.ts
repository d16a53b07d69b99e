import { EventEmitter } from 'node:events'
import type { Session, WebContents, WebFrameMain } from 'electron'
import { describe, expect, it } from 'vitest'
import { limitPermissions, lockIn, refusalOf } from '../../../src-main/hosts/desktop/security.ts'

const ours = ['app://bundle/', 'app://bundle/index.html', 'app://bundle/#/new', 'APP://bundle/']

const foreign = [
  '',
  ' ',
  'app://',
  'app:bundle',
  'app:/bundle/',
  'app://bundle.evil/',
  'app://evil.bundle/',
  'app://bundle@evil/',
  'app://bundle:evil@evil/',
  'app://bundle:80/',
  'app://bundle%2eevil/',
  'app://bundle\\@evil/',
  'app://BUNDLE/',
  'app://evil/bundle',
  'apps://bundle/',
  'http://bundle/',
  'https://bundle/',
  'http://bundle.localhost/',
  'file:///app://bundle/',
  'file:///etc/passwd',
  'about:blank',
  'about:srcdoc',
  'blob:app://bundle/0a0a',
  'filesystem:app://bundle/temporary/',
  'data:text/html,app://bundle/',
  'javascript:alert(1)',
  'view-source:app://bundle/',
  'devtools://devtools/bundled/',
  'chrome-error://chromewebdata/',
  'not an address'
]

const frame = (url: string, parent: unknown = null) => ({ url, parent }) as WebFrameMain

describe('a message', () => {
  it.each(ours)('is taken from the main frame of %s', (url) => {
    expect(refusalOf(frame(url))).toBeUndefined()
  })

  it.each(foreign)('is refused from "%s", by name', (url) => {
    expect(refusalOf(frame(url))).toBe(`It comes from ${url}, which is not the page of Erratum.`)
  })

  it('is refused from a frame within the page, whatever its address', () => {
    for (const url of [...ours, ...foreign]) {
      expect(refusalOf(frame(url, frame('app://bundle/')))).toMatch(/frame within the page/)
    }
  })

  it('is refused once its frame is gone', () => {
    expect(refusalOf(null)).toMatch(/gone/)
  })
})

/** The contents of a window, and whether an event on them was prevented. */
function lockedContents() {
  const contents = Object.assign(new EventEmitter(), {
    openHandler: undefined as ((details: { url: string }) => unknown) | undefined,
    setWindowOpenHandler(handler: (details: { url: string }) => unknown) {
      this.openHandler = handler
    }
  })
  lockIn(contents as unknown as WebContents)
  return {
    contents,
    isPrevented(event: string, url: string) {
      let prevented = false
      contents.emit(event, { url, preventDefault: () => (prevented = true) })
      return prevented
    }
  }
}

describe('a page', () => {
  const navigations = ['will-navigate', 'will-redirect', 'will-frame-navigate']

  it.each(navigations)('may go to itself, and nowhere else, by %s', (event) => {
    const { isPrevented } = lockedContents()
    for (const url of ours) expect(isPrevented(event, url), url).toBe(false)
    for (const url of foreign) expect(isPrevented(event, url), url).toBe(true)
  })

  it('has no webview and opens no window, not even of itself', () => {
    const { contents, isPrevented } = lockedContents()
    expect(isPrevented('will-attach-webview', 'app://bundle/')).toBe(true)
    for (const url of [...ours, ...foreign]) {
      expect(contents.openHandler!({ url }), url).toEqual({ action: 'deny' })
    }
  })
})

interface Asking {
  requestingUrl: string
  isMainFrame: boolean
}
type RequestHandler = (
  contents: WebContents | null,
  permission: string,
  answer: (given: boolean) => void,
  details: Asking
) => void
type CheckHandler = (
  contents: WebContents | null,
  permission: string,
  origin: string,
  details: Partial<Asking>
) => boolean

/** A session whose permissions are limited, as Electron would ask it. */
function limitedSession() {
  let request!: RequestHandler
  let check!: CheckHandler
  let device!: (details: unknown) => boolean
  limitPermissions({
    setPermissionRequestHandler: (handler: RequestHandler) => (request = handler),
    setPermissionCheckHandler: (handler: CheckHandler) => (check = handler),
    setDevicePermissionHandler: (handler: typeof device) => (device = handler)
  } as unknown as Session)
  return {
    requested(permission: string, requestingUrl: string, isMainFrame = true) {
      // The page around a foreign frame is ours: it must not count.
      const contents = { getURL: () => 'app://bundle/' } as WebContents
      let answer: boolean | undefined
      const details = { requestingUrl, isMainFrame }
      request(contents, permission, (given) => (answer = given), details)
      return answer
    },
    checked: (permission: string, origin: string, isMainFrame = true) =>
      check(null, permission, origin, { isMainFrame }),
    device: (details: unknown) => device(details)
  }
}

describe('permissions', () => {
  const denied = [
    'clipboard-read',
    'display-capture',
    'fileSystem',
    'fullscreen',
    'geolocation',
    'hid',
    'media',
    'midiSysex',
    'notifications',
    'openExternal',
    'pointerLock',
    'serial',
    'usb',
    'unknown',
    '',
    'constructor'
  ]

  it('let the page copy', () => {
    const { requested, checked } = limitedSession()
    expect(requested('clipboard-sanitized-write', 'app://bundle/')).toBe(true)
    for (const origin of ['app://bundle', 'app://bundle/']) {
      expect(checked('clipboard-sanitized-write', origin), origin).toBe(true)
    }
  })

  it('let the page do nothing else', () => {
    const { requested, checked, device } = limitedSession()
    for (const permission of denied) {
      expect(requested(permission, 'app://bundle/'), permission).toBe(false)
      expect(checked(permission, 'app://bundle'), permission).toBe(false)
    }
    for (const deviceType of ['hid', 'serial', 'usb']) {
      expect(device({ deviceType, origin: 'app://bundle' })).toBe(false)
    }
  })

  it('let nobody else copy, nor a frame within the page', () => {
    const { requested, checked } = limitedSession()
    for (const url of foreign) {
      expect(requested('clipboard-sanitized-write', url), url).toBe(false)
      expect(checked('clipboard-sanitized-write', url), url).toBe(false)
    }
    expect(requested('clipboard-sanitized-write', 'app://bundle/', false)).toBe(false)
    expect(checked('clipboard-sanitized-write', 'app://bundle', false)).toBe(false)
  })
})
