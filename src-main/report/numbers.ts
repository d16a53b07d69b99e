/** Numbers as the command line, the windows and the report write them. */
import type { Interval } from '../statistics.ts'

const minus = '−'

/** A share as `90 %`; values that only round to 0 or 100 are written `<1 %` and `>99 %`. */
export function percent(share: number): string {
  return `${percentDigits(share)} %`
}

/** An interval of shares as `60 and 98 %`, to follow "between". */
export function percentRange([low, high]: Interval): string {
  return `${percentDigits(low)} and ${percentDigits(high)} %`
}

/** A difference of shares in percentage points, with its sign: `+60`, `−5`, `0`. */
export function points(difference: number): string {
  return withSign(Math.round(100 * difference).toString())
}

/** An accuracy or a probability: `0.912`. */
export function decimal(value: number): string {
  return value.toFixed(3)
}

/** An influence or another signed score with two digits or more: `−6.9`, `+0.042`, `−120`. */
export function signed(value: number): string {
  if (value === 0) return '0'
  if (Math.abs(value) >= 99.5) return withSign(value.toFixed(0))
  return withSign(value.toPrecision(2))
}

/** A p-value with its letter: `p = 0.031`, `p < 0.001`. */
export function pValueText(pValue: number): string {
  return pValue < 0.001 ? 'p < 0.001' : `p = ${Number(pValue.toPrecision(2))}`
}

/** A mean of counts: `4`, `4.3`. */
export function meanCount(value: number): string {
  return Number(value.toFixed(1)).toString()
}

/** `1 row`, `12,000 rows`. */
export function count(number: number, noun: string): string {
  return `${number.toLocaleString('en-US')} ${noun}${number === 1 ? '' : 's'}`
}

/** A duration for people: `42 s`, `1 min 10 s`, `2 h 5 min`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`
  const minutes = Math.round(whole / 60)
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

/** Sizes of memory: `96 MB`, `1.4 GB`, `14 GB`. */
export function inBytes(bytes: number): string {
  const gigabytes = bytes / 1e9
  if (gigabytes < 0.9995) return `${Math.max(Math.round(bytes / 1e6), 0)} MB`
  return `${gigabytes < 9.95 ? gigabytes.toFixed(1) : gigabytes.toFixed(0)} GB`
}

function percentDigits(share: number): string {
  const rounded = Math.round(100 * share)
  if (rounded === 0 && share > 0) return '<1'
  if (rounded === 100 && share < 1) return '>99'
  return rounded.toString()
}

function withSign(digits: string): string {
  if (Number(digits) === 0) return '0'
  const sign = digits.startsWith('-') ? '' : '+'
  return `${sign}${digits}`.replaceAll('-', minus)
}
