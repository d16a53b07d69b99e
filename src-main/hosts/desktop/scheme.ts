/** The page's own scheme, `app://bundle`: its files and nothing else, with the page's policy. */
import { readFile, realpath } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'
import { pageHeaders } from '../page-policy.ts'

export const scheme = 'app'
/** IndexedDB belongs to it, so it never changes. */
export const pageOrigin = `${scheme}://bundle`

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2'
}

/** Answers requests for the files of the built page. */
export function pageHandler(folder: string): (request: Request) => Promise<Response> {
  return async ({ url, method }) => {
    if (method !== 'GET') return refuse(405)
    const path = pathIn(folder, url)
    const type = path === undefined ? undefined : types[extname(path)]
    if (path === undefined || type === undefined) return refuse(404)
    try {
      // A link must not lead out of the folder either.
      const [real, realFolder] = await Promise.all([realpath(path), realpath(folder)])
      if (!real.startsWith(realFolder + sep)) return refuse(404)
      const body = await readFile(real)
      return new Response(body, { headers: { ...pageHeaders, 'Content-Type': type } })
    } catch {
      return refuse(404)
    }
  }
}

function refuse(status: number): Response {
  return new Response(null, { status, headers: pageHeaders })
}

/** The file that an address names; undefined for one that leads out of the folder. */
export function pathIn(folder: string, address: string): string | undefined {
  if (!URL.canParse(address)) return undefined
  const url = new URL(address)
  if (url.protocol !== `${scheme}:` || url.host !== 'bundle') return undefined
  let name: string
  try {
    name = decodeURIComponent(url.pathname)
  } catch {
    return undefined
  }
  if (name.includes('\0') || name.includes('\\')) return undefined
  const path = join(folder, name === '/' ? 'index.html' : name)
  return path.startsWith(folder + sep) ? path : undefined
}
