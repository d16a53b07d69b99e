/**
 * The head of a `.safetensors` file: eight bytes with the length of a JSON object, then the object:
 * name → dtype, shape, data_offsets, the last counted from the end of the head. A head is believed
 * only when its tensors fill the rest of the file from end to end, each the size of its shape.
 */
import type { FileHandle } from 'node:fs/promises'
import { z } from 'zod'

/** Bytes of a number, by dtype. Those that are not read may lie beside those that are. */
const numberBytes = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U64: 8,
  U32: 4,
  U16: 2,
  U8: 1,
  BOOL: 1,
  F8_E4M3: 1,
  F8_E5M2: 1
} as const

export type Dtype = keyof typeof numberBytes

export interface TensorEntry {
  readonly dtype: Dtype
  readonly shape: readonly number[]
  /** Bytes from the start of the file, the end excluded. */
  readonly begin: number
  readonly end: number
}

export interface TensorHeader {
  readonly entries: ReadonlyMap<string, TensorEntry>
  readonly metadata: Readonly<Record<string, string>>
  /** Byte at which the numbers start. */
  readonly start: number
  /** Bytes of the file. */
  readonly size: number
}

/** An error about the file at hand from what is wrong with it, a clause without a full stop. */
export type Damaged = (what: string, cause?: unknown) => Error

export const lengthBytes = 8
/** The format's own limit. */
const longestHeader = 100_000_000
const metadataField = '__metadata__'

const entrySchema = z.object({
  dtype: z.enum(Object.keys(numberBytes) as [Dtype, ...Dtype[]]),
  shape: z.array(z.int().min(0)),
  data_offsets: z.tuple([z.int().min(0), z.int().min(0)])
})
const metadataSchema = z.record(z.string(), z.string())

/** Reads and checks the head of an open file; throws what `damaged` makes of any lie in it. */
export async function readHeader(handle: FileHandle, damaged: Damaged): Promise<TensorHeader> {
  const read = (into: Uint8Array, position: number) =>
    readExactly(handle, into, position).catch((error: unknown) => {
      throw damaged('it cannot be read', error)
    })
  const { size } = await handle.stat()
  if (size < lengthBytes) throw damaged(`it has only ${size} bytes`)
  const first = Buffer.alloc(lengthBytes)
  await read(first, 0)
  const length = Number(first.readBigUInt64LE())
  const start = lengthBytes + length
  if (start > size) throw damaged('it ends within its header')
  if (length > longestHeader) throw damaged(`its header claims to be ${length} bytes long`)
  const json = Buffer.alloc(length)
  await read(json, lengthBytes)
  const members = parseObject(json.toString('utf8'), damaged)
  const metadata = metadataSchema.safeParse(members.get(metadataField) ?? {})
  if (!metadata.success) throw damaged('its metadata are not texts')
  members.delete(metadataField)
  const entries = new Map<string, TensorEntry>()
  for (const [name, value] of members) entries.set(name, readEntry(name, value, start, damaged))
  requireFilled(entries, start, size, damaged)
  return { entries, metadata: metadata.data, start, size }
}

/** Fills `into` from a place in a file; throws at the file's end. */
export async function readExactly(
  handle: FileHandle,
  into: Uint8Array,
  position: number
): Promise<void> {
  // A single call cannot read more than 2 GiB.
  const most = 1 << 26
  for (let done = 0; done < into.length;) {
    const wanted = Math.min(most, into.length - done)
    const { bytesRead } = await handle.read(into, done, wanted, position + done)
    if (bytesRead === 0) throw new Error(`The file ends at byte ${position + done}.`)
    done += bytesRead
  }
}

function parseObject(json: string, damaged: Damaged): Map<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch (error) {
    throw damaged('its header is not JSON', error)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw damaged('its header is not a JSON object')
  }
  const seen = new Set<string>()
  for (const name of memberNames(json)) {
    if (seen.has(name)) throw damaged(`its header has the tensor ${name} twice`)
    seen.add(name)
  }
  return new Map(Object.entries(value))
}

/** Names of the members of the outermost object, repeats too: `JSON.parse` keeps the last one. */
function memberNames(json: string): string[] {
  const names: string[] = []
  let depth = 0
  for (const [token] of json.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"\s*:?|[{}[\]]/g)) {
    if (token === '{' || token === '[') depth++
    else if (token === '}' || token === ']') depth--
    else if (depth === 1 && token.endsWith(':')) {
      names.push(JSON.parse(token.slice(0, -1)) as string)
    }
  }
  return names
}

function readEntry(name: string, value: unknown, start: number, damaged: Damaged): TensorEntry {
  const entry = entrySchema.safeParse(value)
  if (!entry.success) {
    const field = entry.error.issues[0]?.path.join('.') ?? ''
    throw damaged(
      `the tensor ${name} is not described as the format asks (${field || 'its entry'})`
    )
  }
  const { dtype, shape, data_offsets: offsets } = entry.data
  const [from, to] = offsets
  const bytes = shape.reduce((product, length) => product * length, numberBytes[dtype])
  if (to - from !== bytes) {
    throw damaged(
      `the tensor ${name} of shape [${shape.join(', ')}] in ${dtype} has ${to - from} bytes instead of ${bytes}`
    )
  }
  return { dtype, shape, begin: start + from, end: start + to }
}

/** One tensor begins where the one before ends, and the last ends with the file. */
function requireFilled(
  entries: ReadonlyMap<string, TensorEntry>,
  start: number,
  size: number,
  damaged: Damaged
): void {
  let at = start
  const inOrder = [...entries].sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end)
  for (const [name, { begin, end }] of inOrder) {
    if (begin < at) throw damaged(`the tensor ${name} overlaps with the one before it`)
    if (begin > at) throw damaged(`${begin - at} bytes before the tensor ${name} belong to none`)
    if (end > size)
      throw damaged(`the tensor ${name} is cut off: it ends ${end - size} bytes later`)
    at = end
  }
  if (at < size) throw damaged(`${size - at} bytes at its end belong to no tensor`)
}
