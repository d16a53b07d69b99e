/** Numbers as people read them: one way in every view. */

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

/** `8,000` */
export const count = (value: number) => whole.format(value)

/** `1 row`, `8,000 rows`, `2 fixes` */
export const plural = (value: number, noun: string, several = `${noun}s`) =>
  `${count(value)} ${value === 1 ? noun : several}`

/** What an edit does to the training data: `50 rows removed, a word of 8 rows replaced by [PAD]`. */
export function changesInWords(removed: number, padded: number): string {
  const parts = [
    ...(removed > 0 ? [`${plural(removed, 'row')} removed`] : []),
    ...(padded > 0 ? [`a word of ${plural(padded, 'row')} replaced by [PAD]`] : [])
  ]
  const words = parts.join(', ') || 'nothing'
  return words[0]!.toUpperCase() + words.slice(1)
}

/** A probability or an accuracy: `0.41`, three digits for an accuracy. */
export const decimal = (value: number, digits = 2) => value.toFixed(digits)

/** `90 %` */
export const percent = (share: number) => `${whole.format(100 * share)} %`

/** An influence with its sign, a true minus: `−7.60`, `+4.10`. */
export function signed(value: number): string {
  const size = Math.abs(value)
  const text =
    size >= 100
      ? size.toFixed(0)
      : size >= 0.01 || size === 0
        ? size.toFixed(2)
        : size.toExponential(0)
  return `${value < 0 ? '−' : '+'}${text}`
}

/** `1.7 ms`, `283 ms` */
export function milliseconds(seconds: number): string {
  return `${decimal(1000 * seconds, seconds < 0.01 ? 1 : 0)} ms`
}

/** `0:41`, `1:05:00` */
export function duration(seconds: number): string {
  const total = Math.max(0, Math.round(seconds))
  const [hours, minutes, rest] = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60]
  const two = (value: number) => String(value).padStart(2, '0')
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`
}

/** In words, for what is expected: `about 40 s`, `about 1 min 10 s`, `about 2 h 30 min`. */
export function roughly(seconds: number): string {
  if (seconds < 10) return 'a few seconds'
  if (seconds < 57.5) return `about ${Math.round(seconds / 5) * 5} s`
  // Seconds do not matter to somebody who waits for an hour.
  return seconds < 3595
    ? inParts(seconds, 10, ['min', 's'])
    : inParts(seconds / 60, 5, ['h', 'min'])
}

/** `about 1 min 10 s`, the rest in steps. */
function inParts(value: number, step: number, [large, small]: readonly [string, string]): string {
  const total = Math.round(value / step) * step
  const [whole, rest] = [Math.floor(total / 60), total % 60]
  return `about ${whole} ${large}${rest === 0 ? '' : ` ${rest} ${small}`}`
}

/** How long ago, as people say it: `just now`, `5 min ago`, `3 h ago`, then the date. */
export function ago(time: string, now = Date.now()): string {
  const minutes = Math.floor((now - Date.parse(time)) / 60_000)
  if (minutes < 1) return 'just now'
  if (minutes < 60) return `${minutes} min ago`
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ago`
  return new Date(time).toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric'
  })
}

/** A word of a command as a shell takes it: a file may be called anything. */
export function shellWord(word: string): string {
  return /^[\w.][\w.-]*$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}

/** Numbers of a model: `6,210`, `1.5 million`, `110 million`. */
export function millions(value: number): string {
  if (value < 99_950) return count(value)
  const scaled = value / 1e6
  return `${scaled < 9.95 ? scaled.toFixed(1) : whole.format(scaled)} million`
}

/** `512 B`, `3.4 kB`, `12 MB` */
export function bytes(value: number): string {
  const units = ['B', 'kB', 'MB', 'GB']
  const power = Math.min(Math.floor(Math.log10(Math.max(value, 1)) / 3), units.length - 1)
  const scaled = value / 1000 ** power
  return `${scaled < 10 && power > 0 ? scaled.toFixed(1) : whole.format(scaled)} ${units[power]}`
}
