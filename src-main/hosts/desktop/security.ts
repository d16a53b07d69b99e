/** What a window must not do: leave its page, open others, be given permissions, speak for another. */
import type { Session, WebContents, WebFrameMain } from 'electron'
import { pageOrigin } from './scheme.ts'

/** Keeps a page where it is. Nothing of Erratum lies elsewhere, so nothing is opened outside either. */
export function lockIn(contents: WebContents): void {
  contents.on('will-navigate', (event) => {
    if (!isPage(event.url)) event.preventDefault()
  })
  contents.on('will-redirect', (event) => {
    if (!isPage(event.url)) event.preventDefault()
  })
  contents.on('will-frame-navigate', (event) => {
    if (!isPage(event.url)) event.preventDefault()
  })
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.setWindowOpenHandler(() => ({ action: 'deny' }))
}

/** The page may write to the clipboard, which copying a command needs, and nothing else. */
const permissions: readonly string[] = ['clipboard-sanitized-write']

export function limitPermissions(session: Session): void {
  // Who asks is the frame, not the page that it may lie in.
  const isGiven = (permission: string, address: string, isMainFrame: boolean) =>
    permissions.includes(permission) && isMainFrame && isPage(address)
  session.setPermissionRequestHandler((_, permission, answer, { requestingUrl, isMainFrame }) =>
    answer(isGiven(permission, requestingUrl, isMainFrame))
  )
  session.setPermissionCheckHandler((_, permission, origin, { isMainFrame }) =>
    isGiven(permission, origin, isMainFrame)
  )
  session.setDevicePermissionHandler(() => false)
}

/** The reason to refuse a message, or undefined: it must come from the main frame of our page. */
export function refusalOf(frame: WebFrameMain | null): string | undefined {
  if (!frame) return 'The frame that sent it is gone.'
  if (frame.parent !== null) return 'It comes from a frame within the page.'
  if (!isPage(frame.url)) return `It comes from ${frame.url}, which is not the page of Erratum.`
  return undefined
}

function isPage(address: string): boolean {
  try {
    const { protocol, host } = new URL(address)
    return `${protocol}//${host}` === pageOrigin
  } catch {
    return false
  }
}
