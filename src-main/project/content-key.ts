import { createHash } from 'node:crypto'

/**
 * A key of 32 hex digits for any JSON value, the same for equal values in whatever order their
 * fields were set: what was computed from these settings, edits and seed is found again by it.
 */
export function contentKey(value: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(sortFields(value)))
    .digest('hex')
    .slice(0, 32)
}

function sortFields(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortFields)
  if (value === null || typeof value !== 'object') return value
  const fields = Object.entries(value).filter(([, field]) => field !== undefined)
  fields.sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(fields.map(([name, field]) => [name, sortFields(field)]))
}
