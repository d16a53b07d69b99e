/**
 * Who may talk to the web host. It listens on loopback only, yet every page in any browser of this
 * machine can reach it, so each request must name this host (against DNS rebinding), come from its
 * own page, and carry the token of the address that was printed.
 */
import { timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

export interface GuardedRequest {
  headers: IncomingHttpHeaders
  /** Path and query. */
  url: string
}

export interface Guard {
  /** The reason to refuse a request, or undefined. */
  refusal(request: GuardedRequest): string | undefined
  /** Whether the request carries the token in its address, as the printed one does. */
  isPrintedAddress(request: GuardedRequest): boolean
  /** What gives the page's later requests the token. */
  readonly cookie: string
}

/** Guards a server on this port of loopback. */
export function guardFor(port: number, token: string): Guard {
  const hosts = new Set([`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`])
  const origins = new Set(Array.from(hosts, (host) => `http://${host}`))
  const cookieName = `erratum-${port}`
  const isPrintedAddress = ({ url }: GuardedRequest) =>
    isSame(addressOf(url)?.searchParams.get('token') ?? null, token)
  return {
    isPrintedAddress,
    cookie: `${cookieName}=${token}; Path=/; HttpOnly; SameSite=Strict`,
    refusal(request) {
      const { host, origin, cookie } = request.headers
      if (host === undefined || !hosts.has(host)) {
        return `The request is for the host ${host ?? '(none)'}, which is not this one.`
      }
      if (origin !== undefined && !origins.has(origin)) {
        return `The request comes from a page of ${origin}, which is not this one.`
      }
      if (!addressOf(request.url)) return 'The address cannot be read.'
      if (isPrintedAddress(request)) return undefined
      if (isSame(cookieValue(cookie, cookieName), token)) return undefined
      return 'The token is missing. Open the address that erratum serve has printed.'
    }
  }
}

/** Path and query of a request; undefined for what is no address, such as `//[`. */
export function addressOf(url: string): URL | undefined {
  const base = 'http://localhost'
  return URL.canParse(url, base) ? new URL(url, base) : undefined
}

function cookieValue(cookies: string | undefined, name: string): string | null {
  const pairs = (cookies ?? '').split(';').map((pair) => pair.trim().split('='))
  return pairs.find(([known]) => known === name)?.[1] ?? null
}

/** Compares in a time that says nothing about where the two differ. */
function isSame(given: string | null, expected: string): boolean {
  if (given === null) return false
  const [a, b] = [Buffer.from(given), Buffer.from(expected)]
  return a.length === b.length && timingSafeEqual(a, b)
}
