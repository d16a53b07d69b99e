/** The page's one door to the core: calls, events, and files that are dropped on it. */
import type { TRPCClientError } from '@trpc/client'
import { createTRPCClient, createWSClient, isTRPCClientError, wsLink } from '@trpc/client'
import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server'
import type { Router } from '../../src-main/ipc/router.ts'
import type { Bridge } from '../../src-preload/bridge.ts'
import { bridgeSocket } from './bridge-socket.ts'

declare global {
  interface Window {
    /** There on the desktop only. */
    erratum?: Bridge
  }
}

export type Inputs = inferRouterInputs<Router>
export type Outputs = inferRouterOutputs<Router>
export type Picked = NonNullable<Outputs['application']['pickFile']>

const bridge = window.erratum
const line = createWSClient({
  url: bridge ? 'erratum:' : `ws://${location.host}/calls`,
  ...(bridge && { WebSocket: bridgeSocket(bridge) }),
  retryDelayMs: (attempt) => Math.min(200 * 2 ** attempt, 5000),
  onOpen: () => listeners.forEach((listener) => listener(true)),
  onClose: () => listeners.forEach((listener) => listener(false))
})
const listeners = new Set<(connected: boolean) => void>()

/** All calls of the contract. */
export const core = createTRPCClient<Router>({ links: [wsLink({ client: line })] })

/** Calls a function whenever the line to the core is lost or there again. */
export function onConnection(listener: (connected: boolean) => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

const lineBroke = 'The line to Erratum broke before it had answered. Try again.'

/** What went wrong, as the core's `{code, message}`. */
export function failure(error: unknown): { code: string; message: string } {
  if (isTRPCClientError(error)) {
    const { message, data } = error as TRPCClientError<Router>
    // Without data it is not the core that has answered.
    if (!data) return { code: 'internal', message: lineBroke }
    return { code: data.erratum ?? 'internal', message }
  }
  return { code: 'internal', message: error instanceof Error ? error.message : String(error) }
}

/** Hands a file that was dropped or chosen in the page to the core; `sent` tells the share so far. */
export async function handIn(file: File, sent?: (share: number) => void): Promise<Picked> {
  if (bridge) return bridge.dropped(file)
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.upload.onprogress = ({ loaded, total }) => sent?.(total > 0 ? loaded / total : 0)
    request.onload = () => {
      if (request.status === 200) resolve(JSON.parse(request.responseText) as Picked)
      else reject(new Error(request.responseText || `The file was refused (${request.status}).`))
    }
    request.onerror = () => reject(new Error('The line to Erratum broke. Drop the file again.'))
    request.open('PUT', `upload?name=${encodeURIComponent(file.name)}`)
    request.send(file)
  })
}

/** Where the web host gives an exported file. */
export function downloadAddress(token: string): string {
  return `download/${token}`
}
