/**
 * Tensors in a `.safetensors` file, so that anyone can read them with another framework: eight bytes
 * with the length of a JSON header (name → dtype, shape, data_offsets), the header, the numbers.
 * The metadata hold a checksum of the numbers (CRC-32), so that a flipped bit is noticed.
 */
import { readFile } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import { z } from 'zod'
import { ErratumError } from '../errors.ts'
import { writeFileAtomically } from './write.ts'

export interface StoredTensor {
  readonly shape: readonly number[]
  readonly data: Float32Array | Int32Array
}

export interface TensorFile {
  tensors: Map<string, StoredTensor>
  metadata: Record<string, string>
}

const entrySchema = z.object({
  dtype: z.enum(['F32', 'I32']),
  shape: z.array(z.int().min(0)),
  data_offsets: z.tuple([z.int().min(0), z.int().min(0)])
})

const headerSchema = z.record(z.string(), z.unknown())
const lengthBytes = 8
const checksumField = 'crc32'

/** Writes tensors, all or nothing; names in the order of the map. */
export async function writeTensors(path: string, file: TensorFile): Promise<void> {
  const arrays = Array.from(file.tensors.values(), (tensor) => tensor.data)
  const metadata = { ...file.metadata, [checksumField]: checksumOf(arrays) }
  const header: Record<string, unknown> = { __metadata__: metadata }
  let offset = 0
  for (const [name, { shape, data }] of file.tensors) {
    const end = offset + data.byteLength
    const dtype = data instanceof Int32Array ? 'I32' : 'F32'
    header[name] = { dtype, shape, data_offsets: [offset, end] }
    offset = end
  }
  const json = Buffer.from(JSON.stringify(header))
  // Spaces after the header keep the numbers aligned, as the format allows.
  const padded = Buffer.alloc(Math.ceil(json.length / 8) * 8, ' ')
  json.copy(padded)
  const length = Buffer.alloc(lengthBytes)
  length.writeBigUInt64LE(BigInt(padded.length))
  await writeFileAtomically(path, [length, padded, ...arrays])
}

/** Reads all tensors of a file; throws `damaged-file` when it is not what it says. */
export async function readTensors(path: string, remedy: string): Promise<TensorFile> {
  const damaged = (what: string, cause?: unknown) =>
    new ErratumError('damaged-file', `${path} is damaged: ${what}. ${remedy}`, { cause })
  const bytes = await readFile(path).catch((error: unknown) => {
    throw damaged('it cannot be read', error)
  })
  if (bytes.length < lengthBytes) throw damaged(`it has only ${bytes.length} bytes`)
  const headerLength = Number(bytes.readBigUInt64LE())
  const start = lengthBytes + headerLength
  if (start > bytes.length) throw damaged('it ends within its header')
  let header: Record<string, unknown>
  try {
    header = headerSchema.parse(JSON.parse(bytes.toString('utf8', lengthBytes, start)))
  } catch (error) {
    throw damaged('its header is not JSON', error)
  }
  const { __metadata__: described = {}, ...entries } = header
  const texts = z.record(z.string(), z.string()).safeParse(described)
  if (!texts.success) throw damaged('its metadata are not texts')
  const { [checksumField]: checksum, ...metadata } = texts.data
  // A file that another program wrote has none.
  if (checksum !== undefined && checksum !== checksumOf([bytes.subarray(start)])) {
    throw damaged('its checksum does not match its contents')
  }
  const tensors = new Map<string, StoredTensor>()
  for (const [name, value] of Object.entries(entries)) {
    const entry = entrySchema.safeParse(value)
    if (!entry.success) throw damaged(`the tensor ${name} is not described as F32 or I32`)
    const { dtype, shape, data_offsets: offsets } = entry.data
    const size = shape.reduce((product, length) => product * length, 1)
    const [from, to] = offsets
    if (to - from !== 4 * size || start + to > bytes.length) {
      throw damaged(`the tensor ${name} of shape [${shape.join(', ')}] is cut off or overlaps`)
    }
    const copy = Uint8Array.from(bytes.subarray(start + from, start + to)).buffer
    const data = dtype === 'I32' ? new Int32Array(copy) : new Float32Array(copy)
    tensors.set(name, { shape, data })
  }
  return { tensors, metadata }
}

/** Of the bytes of several arrays, end to end. */
function checksumOf(arrays: readonly NodeJS.ArrayBufferView[]): string {
  const sum = arrays.reduce((before, { buffer, byteOffset, byteLength }) => {
    return crc32(new Uint8Array(buffer, byteOffset, byteLength), before)
  }, 0)
  return sum.toString(16).padStart(8, '0')
}
