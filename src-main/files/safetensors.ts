/**
 * Tensors in a `.safetensors` file, so that anyone can read them with another framework: a head
 * (safetensors-header.ts), then the numbers. The metadata of what is written here hold a checksum
 * of the numbers (CRC-32), so that a flipped bit is noticed.
 */
import { open, type FileHandle } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import { ErratumError } from '../errors.ts'
import { fromBfloat16, fromFloat16 } from './half-floats.ts'
import type { Damaged, TensorEntry, TensorHeader } from './safetensors-header.ts'
import { lengthBytes, readExactly, readHeader } from './safetensors-header.ts'
import { writeFileAtomically } from './write.ts'

export interface StoredTensor {
  readonly shape: readonly number[]
  readonly data: Float32Array | Int32Array
}

/** A tensor whose numbers are made when they are written (twice: the checksum comes first). */
export interface MadeTensor {
  readonly shape: readonly number[]
  make(): Float32Array
}

export interface TensorFile {
  tensors: Map<string, StoredTensor>
  metadata: Record<string, string>
}

export interface WritableTensorFile {
  tensors: ReadonlyMap<string, StoredTensor | MadeTensor>
  metadata: Record<string, string>
}

const checksumField = 'crc32'
/** Bytes that are read at a time where all that is kept of them is something smaller. */
const stretch = 1 << 20

/** Writes tensors, all or nothing; names in the order of the map. */
export async function writeTensors(path: string, file: WritableTensorFile): Promise<void> {
  const tensors = [...file.tensors.values()]
  const metadata = { ...file.metadata, [checksumField]: checksumOf(numbersOf(tensors)) }
  const header: Record<string, unknown> = { __metadata__: metadata }
  let offset = 0
  for (const [name, tensor] of file.tensors) {
    const end = offset + 4 * tensor.shape.reduce((product, length) => product * length, 1)
    const dtype = 'data' in tensor && tensor.data instanceof Int32Array ? 'I32' : 'F32'
    header[name] = { dtype, shape: tensor.shape, data_offsets: [offset, end] }
    offset = end
  }
  const json = Buffer.from(JSON.stringify(header))
  // Spaces after the header keep the numbers aligned, as the format allows.
  const padded = Buffer.alloc(Math.ceil(json.length / 8) * 8, ' ')
  json.copy(padded)
  const length = Buffer.alloc(lengthBytes)
  length.writeBigUInt64LE(BigInt(padded.length))
  const content = function* () {
    yield length
    yield padded
    yield* numbersOf(tensors)
  }
  await writeFileAtomically(path, content())
}

/** Reads all tensors of a file; throws `damaged-file` when it is not what it says. */
export async function readTensors(path: string, remedy: string): Promise<TensorFile> {
  const damaged = (what: string, cause?: unknown) =>
    new ErratumError('damaged-file', `${path} is damaged: ${what}. ${remedy}`, { cause })
  const reader = await TensorReader.open(path, damaged)
  try {
    await reader.requireChecksum()
    const tensors = new Map<string, StoredTensor>()
    for (const name of reader.header.entries.keys()) tensors.set(name, await reader.read(name))
    const texts = Object.entries(reader.header.metadata)
    const metadata = Object.fromEntries(texts.filter(([field]) => field !== checksumField))
    return { tensors, metadata }
  } finally {
    await reader.close()
  }
}

/** An open file from which tensors are read one by one. Its head has been checked. */
export class TensorReader {
  readonly header: TensorHeader
  readonly #handle: FileHandle
  readonly #damaged: Damaged

  private constructor(handle: FileHandle, header: TensorHeader, damaged: Damaged) {
    this.#handle = handle
    this.header = header
    this.#damaged = damaged
  }

  /** Throws what `damaged` makes of a file that cannot be read or is not what it says. */
  static async open(path: string, damaged: Damaged): Promise<TensorReader> {
    const handle = await open(path).catch((error: unknown) => {
      throw damaged('it cannot be read', error)
    })
    try {
      return new TensorReader(handle, await readHeader(handle, damaged), damaged)
    } catch (error) {
      await handle.close()
      throw error
    }
  }

  close(): Promise<void> {
    return this.#handle.close()
  }

  /** A tensor of the header; F16 and BF16 become float32, and other dtypes are refused. */
  async read(name: string): Promise<StoredTensor> {
    const entry = this.header.entries.get(name)
    if (!entry) throw this.#damaged(`it has no tensor ${name}`)
    const { dtype, shape, begin, end } = entry
    switch (dtype) {
      case 'F32':
      case 'I32': {
        const bytes = new Uint8Array(end - begin)
        await this.#fill(bytes, begin)
        const data = dtype === 'I32' ? new Int32Array(bytes.buffer) : new Float32Array(bytes.buffer)
        return { shape, data }
      }
      case 'F16':
        return { shape, data: await this.#readHalves(entry, fromFloat16) }
      case 'BF16':
        return { shape, data: await this.#readHalves(entry, fromBfloat16) }
      default:
        throw this.#damaged(`the tensor ${name} is in ${dtype}, not in F32, F16, BF16 or I32`)
    }
  }

  /** Compares the numbers with the checksum in the metadata; a file of another program has none. */
  async requireChecksum(): Promise<void> {
    const expected = this.header.metadata[checksumField]
    if (expected === undefined) return
    const { start, size } = this.header
    const bytes = new Uint8Array(Math.min(stretch, size - start))
    let sum = 0
    for (let at = start; at < size; at += bytes.length) {
      const part = bytes.subarray(0, Math.min(bytes.length, size - at))
      await this.#fill(part, at)
      sum = crc32(part, sum)
    }
    if (hexadecimal(sum) !== expected) {
      throw this.#damaged('its checksum does not match its contents')
    }
  }

  async #readHalves(
    { begin, end }: TensorEntry,
    convert: (halves: Uint16Array, into: Float32Array) => void
  ): Promise<Float32Array> {
    const data = new Float32Array((end - begin) / 2)
    const halves = new Uint16Array(Math.min(stretch / 2, data.length))
    for (let at = 0; at < data.length; at += halves.length) {
      const part = halves.subarray(0, Math.min(halves.length, data.length - at))
      await this.#fill(new Uint8Array(part.buffer, 0, part.byteLength), begin + 2 * at)
      convert(part, data.subarray(at, at + part.length))
    }
    return data
  }

  async #fill(bytes: Uint8Array, position: number): Promise<void> {
    try {
      await readExactly(this.#handle, bytes, position)
    } catch (error) {
      throw this.#damaged('it cannot be read to its end', error)
    }
  }
}

function* numbersOf(tensors: Iterable<StoredTensor | MadeTensor>) {
  for (const tensor of tensors) yield 'make' in tensor ? tensor.make() : tensor.data
}

/** Of the bytes of several arrays, end to end. */
function checksumOf(arrays: Iterable<NodeJS.ArrayBufferView>): string {
  let sum = 0
  for (const { buffer, byteOffset, byteLength } of arrays) {
    // Of no bytes zlib gives 0, whatever the sum so far.
    if (byteLength > 0) sum = crc32(new Uint8Array(buffer, byteOffset, byteLength), sum)
  }
  return hexadecimal(sum)
}

function hexadecimal(sum: number): string {
  return sum.toString(16).padStart(8, '0')
}
