/**
 * Arguments of Node for a worker. What the program itself was started with (a test runner, a debugger)
 * is not for workers, but one that starts with TypeScript has to be able to read it.
 */
export function nodeArguments(entry: URL): string[] {
  if (!entry.pathname.endsWith('.ts')) return []
  return ['--import', new URL('./register-tsx.mjs', import.meta.url).href]
}
