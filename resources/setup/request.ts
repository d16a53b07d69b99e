/**
 * Requests by Node's own client, through the proxy that HTTPS_PROXY, HTTP_PROXY and NO_PROXY name.
 * Node 20's fetch knows none, and undici 7.30's throws past everybody (`assert(!this.paused)`) where a
 * server that keeps no connections breaks off.
 */
import type { IncomingMessage } from 'node:http'
import http from 'node:http'
import https from 'node:https'
import { HttpsProxyAgent } from 'https-proxy-agent'
import { getProxyForUrl } from 'proxy-from-env'
import { ErratumError } from '../../src-main/errors.ts'

export interface Asked {
  method?: 'GET' | 'HEAD'
  headers?: Record<string, string>
  /** Whether the answer may be that nothing follows. */
  mayBeWhole?: boolean
}

/** As many as a release of GitHub takes, and a few more. */
const mostRedirections = 5
const silence = 60_000

/** Asks a server, and whomever that points to. Throws `cannot-download`, with what to do. */
export async function request(url: string, asked: Asked = {}): Promise<IncomingMessage> {
  let at = url
  for (let hop = 0; hop <= mostRedirections; hop++) {
    const response = await send(at, asked).catch((error: unknown) => {
      throw unreachable(at, error)
    })
    const status = response.statusCode!
    if (status < 300 || (asked.mayBeWhole && status === 416)) return response
    response.destroy()
    const { location } = response.headers
    if (status >= 400 || !location) throw refused(at, response)
    at = onward(at, location)
  }
  throw new ErratumError(
    'cannot-download',
    `${url} points from one address to the next without an end. Run the command again later.`
  )
}

/**
 * The address that another one points to. What begins on https stays there: part of what is
 * downloaded is run, and not all of it has a hash to check it by. Throws `cannot-download`.
 */
export function onward(from: string, location: string): string {
  const to = URL.canParse(location, from) ? new URL(location, from) : undefined
  if (to?.protocol === 'https:' || (to?.protocol === 'http:' && from.startsWith('http:'))) {
    return to.href
  }
  throw new ErratumError(
    'cannot-download',
    `${from} points to ${to?.href ?? location}, which is not on https: whoever is on the way could ` +
      'send something else. Try another network, or, if you have named a mirror, one that stays on ' +
      'https.'
  )
}

function send(url: string, { method = 'GET', headers = {} }: Asked): Promise<IncomingMessage> {
  const proxy = proxyFor(url)
  const client = url.startsWith('https:') ? https : http
  const connecting = new AbortController()
  const agent = proxy ? new HttpsProxyAgent(proxy, { signal: connecting.signal }) : undefined
  return new Promise((resolve, reject) => {
    const sent = client.request(url, { method, headers, ...(agent && { agent }) }, resolve)
    sent.on('error', reject)
    sent.setTimeout(silence, () => sent.destroy(silent()))
    // Before a proxy has answered, a request has no connection yet that could be silent.
    const late = setTimeout(() => {
      reject(silent())
      connecting.abort()
    }, silence)
    sent.once('close', () => clearTimeout(late)).once('socket', () => clearTimeout(late))
    sent.end()
  })
}

const silent = () => new Error(`silent for ${silence / 1000} s`)

/** The proxy that the environment names for an address; empty where there is none. */
function proxyFor(url: string): string {
  const proxy = getProxyForUrl(url)
  if (proxy === '' || isWebAddress(proxy)) return proxy
  const scheme = new URL(url).protocol.slice(0, -1)
  const names = [`${scheme}_proxy`, 'all_proxy'].flatMap((name) => [name, name.toUpperCase()])
  // What it says is not repeated: a password may be in it.
  throw new ErratumError(
    'bad-argument',
    `${names.find((name) => process.env[name])} is no address of a proxy on http or https, such ` +
      'as http://127.0.0.1:3128. Correct it or unset it, then run the command again.'
  )
}

function unreachable(url: string, error: unknown): ErratumError {
  const { code, message } = error as NodeJS.ErrnoException
  return new ErratumError(
    'cannot-download',
    `${hostOf(url)} cannot be reached (${code ?? message}). Check the network, and ` +
      'HTTPS_PROXY if there is a proxy; then run the command again.',
    { cause: error }
  )
}

function refused(url: string, { statusCode, statusMessage }: IncomingMessage): ErratumError {
  const remedy =
    statusCode === 404 || statusCode === 410
      ? 'It is not there any more, or never was for this version and system.'
      : 'Run the command again later.'
  return new ErratumError(
    'cannot-download',
    `${url} was answered with ${statusCode} ${statusMessage}. ${remedy}`
  )
}

export const hostOf = (url: string) => new URL(url).host

export const isWebAddress = (text: string) =>
  URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)
