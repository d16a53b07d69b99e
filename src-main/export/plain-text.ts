/**
 * A value of any format as the text that a CSV file has for it: '' for nothing, digits, true or
 * false, ISO dates (all as the reader of data sets has them), JSON for what has parts.
 */
export function plainText(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value
    case 'number':
      return Number.isNaN(value) ? '' : String(value)
    case 'bigint':
    case 'boolean':
      return String(value)
    case 'object':
      if (value === null) return ''
      return value instanceof Date && !Number.isNaN(value.getTime())
        ? value.toISOString()
        : toJson(value)
    default:
      return ''
  }
}

/** JSON of a value of any format: big integers as digits, bytes as base64. */
export function toJson(value: unknown): string {
  if (typeof value === 'bigint') return String(value)
  if (value instanceof Uint8Array) return JSON.stringify(Buffer.from(value).toString('base64'))
  if (ArrayBuffer.isView(value) && 'length' in value) {
    return toJson(Array.from(value as unknown as ArrayLike<unknown>))
  }
  if (Array.isArray(value)) return `[${value.map(toJson).join(',')}]`
  if (value instanceof Date || typeof value !== 'object' || value === null) {
    return JSON.stringify(value) ?? 'null'
  }
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${toJson(member)}`).join(',')}}`
}
