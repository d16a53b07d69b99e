/** The environment's own proxies and mirrors, which no test is to go through. */
import { vi } from 'vitest'

const mirrors = ['TFJS_NODE_CDN_STORAGE', 'ELECTRON_MIRROR']
const proxies = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY']

/** Each in both ways to write it: of a proxy's two the small one is heeded first. */
export const without: Readonly<Record<string, string>> = Object.fromEntries(
  [...mirrors, ...proxies, ...proxies.map((name) => name.toLowerCase())].map((name) => [name, ''])
)

/** Has this process know none, until `vi.unstubAllEnvs`. */
export function stubNoProxies(): void {
  for (const [name, value] of Object.entries(without)) vi.stubEnv(name, value)
}
