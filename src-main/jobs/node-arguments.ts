/** Arguments of Node for a thread: one that starts with TypeScript has to be able to read it. */
export function threadArguments(entry: URL): string[] {
  if (!entry.pathname.endsWith('.ts')) return []
  return ['--import', new URL('./register-tsx.mjs', import.meta.url).href]
}
