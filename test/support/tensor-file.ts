/** Files in the format of safetensors, made byte by byte so that they may lie. */

export interface RawTensor {
  dtype: string
  shape: readonly number[]
  bytes: Uint8Array
}

/** The bytes of a file with this head, whatever it says, and these bytes after it. */
export function withHead(head: unknown, ...bytes: Uint8Array[]): Buffer {
  const json = Buffer.from(typeof head === 'string' ? head : JSON.stringify(head))
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(json.length))
  return Buffer.concat([length, json, ...bytes])
}

/** A file that holds what it says, tensors of any dtype one after the other. */
export function tensorFile(tensors: ReadonlyMap<string, RawTensor>): Buffer {
  let offset = 0
  const head = [...tensors].map(([name, { dtype, shape, bytes }]) => {
    const begin = offset
    offset += bytes.length
    return [name, { dtype, shape, data_offsets: [begin, offset] }]
  })
  const all = Array.from(tensors.values(), ({ bytes }) => bytes)
  return withHead(Object.fromEntries(head), ...all)
}

/** The bytes of an array of numbers. */
export function bytesOf({ buffer, byteOffset, byteLength }: NodeJS.TypedArray): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}
