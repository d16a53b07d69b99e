/** Bytes as they are told, with three digits: `0.27 MB`, `268 MB`. */
export function megabytes(bytes: number): string {
  const size = bytes / 1e6
  return `${size.toFixed(size < 1 ? 2 : size < 10 ? 1 : 0)} MB`
}
