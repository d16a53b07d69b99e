/** What an uploaded file is called on the disk. */

/** Longer names keep their end, which tells the format: 240 bytes at most, in any script. */
const mostCharacters = 80

/**
 * The last part of the name that a page has given, fit for any system's disk; undefined where
 * nothing remains of it.
 */
export function uploadName(given: string): string | undefined {
  const last = given.split(/[\\/]/).at(-1)!
  const name = last
    .replace(/\p{Cc}/gu, '')
    // Windows would take these for a drive, a stream or a pattern.
    .replace(/[<>:"|?*]/g, '-')
    .trim()
    .slice(-mostCharacters)
    .toWellFormed()
  return /^\.*$/.test(name) ? undefined : name
}
