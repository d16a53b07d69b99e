// A module hook: `electron` is the stand-in beside this file.
export function resolve(specifier, context, next) {
  const isStoodInFor = specifier === 'electron'
  return next(isStoodInFor ? new URL('./electron.ts', import.meta.url).href : specifier, context)
}
