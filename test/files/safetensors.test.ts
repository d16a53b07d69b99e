import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readTensors, TensorReader, writeTensors } from '../../src-main/files/safetensors.ts'
import { bytesOf, tensorFile, withHead } from '../support/tensor-file.ts'

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'erratum-tensors-'))
  path = join(folder, 'x.safetensors')
})
afterEach(() => rmSync(folder, { recursive: true }))

const remedy = 'Make it again.'
const tensors = new Map([
  ['b', { shape: [2, 3], data: Float32Array.of(1, -2, 0.5, NaN, Infinity, 1e-40) }],
  ['a', { shape: [2], data: Int32Array.of(-1, 2 ** 31 - 1) }],
  ['nothing', { shape: [0, 4], data: new Float32Array(0) }],
  ['scalar', { shape: [], data: Float32Array.of(7) }]
])

it('reads what it wrote, in the same order', async () => {
  await writeTensors(path, { tensors, metadata: { key: 'value' } })
  const read = await readTensors(path, remedy)
  expect([...read.tensors]).toEqual([...tensors])
  expect(read.metadata).toEqual({ key: 'value' })
})

it('writes the same bytes from numbers that are made when needed', async () => {
  const floats = new Map([['x', { shape: [3], data: Float32Array.of(1, 2, 3) }]])
  await writeTensors(path, { tensors: floats, metadata: {} })
  const other = join(folder, 'y.safetensors')
  const made = new Map([['x', { shape: [3], make: () => Float32Array.of(1, 2, 3) }]])
  await writeTensors(other, { tensors: made, metadata: {} })
  expect(readFileSync(other)).toEqual(readFileSync(path))
})

it('notices a flipped bit', async () => {
  await writeTensors(path, { tensors, metadata: {} })
  const bytes = readFileSync(path)
  bytes[bytes.length - 1]! ^= 1
  writeFileSync(path, bytes)
  await expect(readTensors(path, remedy)).rejects.toThrow(
    /checksum does not match.*Make it again\./
  )
})

describe('numbers of 16 bits', () => {
  it('are read exactly', async () => {
    const halves: [number, number][] = [
      [0x0000, 0],
      [0x8000, -0],
      [0x0001, 2 ** -24],
      [0x83ff, -1023 * 2 ** -24],
      [0x0400, 2 ** -14],
      [0x3555, 0.333251953125],
      [0x3c00, 1],
      [0xc000, -2],
      [0x7bff, 65504],
      [0x7c00, Infinity],
      [0xfc00, -Infinity],
      [0x7e00, NaN]
    ]
    const brains: [number, number][] = [
      [0x0000, 0],
      [0x8000, -0],
      [0x3f80, 1],
      [0xc049, -3.140625],
      [0x7f7f, 255 * 2 ** 120],
      [0x0001, 2 ** -133],
      [0xff80, -Infinity],
      [0x7fc0, NaN]
    ]
    const stored = (dtype: string, pairs: [number, number][]) => {
      const bytes = bytesOf(Uint16Array.from(pairs, ([bits]) => bits))
      return { dtype, shape: [pairs.length], bytes }
    }
    const file = new Map([
      ['odd', { dtype: 'I8', shape: [1], bytes: Uint8Array.of(1) }],
      ['half', stored('F16', halves)],
      ['brain', stored('BF16', brains)]
    ])
    writeFileSync(path, tensorFile(file))
    const reader = await TensorReader.open(path, (what) => new Error(what))
    const valuesOf = async (name: string) => [...(await reader.read(name)).data]
    expect(await valuesOf('half')).toEqual(halves.map(([, value]) => value))
    expect(await valuesOf('brain')).toEqual(brains.map(([, value]) => value))
    await expect(reader.read('odd')).rejects.toThrow('the tensor odd is in I8, not in')
    await reader.close()
  })

  it('are read in stretches', async () => {
    const halves = Uint16Array.from({ length: 1_300_001 }, (_, i) => i % 0x7c00)
    const entry = { dtype: 'BF16', shape: [halves.length], bytes: bytesOf(halves) }
    writeFileSync(path, tensorFile(new Map([['x', entry]])))
    const { data } = (await readTensors(path, remedy)).tensors.get('x')!
    const expected = new Float32Array(Uint32Array.from(halves, (half) => half << 16).buffer)
    expect(Buffer.compare(bytesOf(data), bytesOf(expected))).toBe(0)
  })
})

describe('a file that is not what it says', () => {
  const eight = new Uint8Array(8)
  const entry = (from: number, to: number, shape = [1], dtype = 'F32') => ({
    dtype,
    shape,
    data_offsets: [from, to]
  })
  const tooLong = Buffer.alloc(16)
  tooLong.writeBigUInt64LE(2n ** 63n)
  const cases: [string, Buffer, RegExp][] = [
    ['short', Buffer.alloc(7), /it has only 7 bytes/],
    ['a head beyond its end', tooLong, /ends within its header/],
    ['cut within the head', withHead({ x: entry(0, 8) }).subarray(0, 20), /ends within its header/],
    ['no JSON', withHead('{"x": '), /its header is not JSON/],
    ['no object', withHead('[1]'), /its header is not a JSON object/],
    ['numbers as metadata', withHead({ __metadata__: { a: 1 } }), /metadata are not texts/],
    ['no shape', withHead({ x: { dtype: 'F32' } }), /tensor x is not described .*\(shape\)/],
    ['a dtype', withHead({ x: entry(0, 4, [1], 'F3') }), /tensor x is not described .*\(dtype\)/],
    ['a negative place', withHead({ x: entry(-4, 0) }), /tensor x is not described .*\(data_off/],
    ['a size', withHead({ x: entry(0, 8) }, eight), /x of shape \[1\] in F32 has 8 bytes .* of 4/],
    ['the end first', withHead({ x: entry(8, 4) }, eight), /x of shape \[1\] in F32 has -4 bytes/],
    ['overlapping', withHead({ x: entry(0, 4), y: entry(2, 6) }, eight), /tensor y overlaps/],
    ['a gap', withHead({ y: entry(4, 8) }, eight), /4 bytes before the tensor y belong to none/],
    ['outside', withHead({ x: entry(0, 12, [3]) }, eight), /x is cut off: it ends 4 bytes later/],
    ['a rest', withHead({ x: entry(0, 4) }, eight), /4 bytes at its end belong to no tensor/],
    [
      'an overflowing shape',
      withHead({ x: entry(0, 8, [2 ** 52, 2 ** 52]) }, eight),
      /x of shape .* has 8 bytes instead of/
    ],
    [
      'a name twice',
      withHead(
        '{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"\\u0078" : {"dtype":"F32","shape":[1],"data_offsets":[0,4]}}',
        eight.subarray(4)
      ),
      /its header has the tensor x twice/
    ]
  ]
  it.each(cases)('is refused: %s', async (_, bytes, message) => {
    writeFileSync(path, bytes)
    const reading = readTensors(path, remedy)
    await expect(reading).rejects.toThrow(message)
    await expect(reading).rejects.toMatchObject({ code: 'damaged-file' })
    await expect(reading).rejects.toThrow(/x\.safetensors is damaged: .*\. Make it again\.$/)
  })

  it('is refused: an absurd head', async () => {
    const length = Buffer.alloc(8)
    length.writeBigUInt64LE(100_000_001n)
    writeFileSync(path, length)
    // Sparse: it takes no place on the disk.
    truncateSync(path, 100_000_100)
    await expect(readTensors(path, remedy)).rejects.toThrow(
      /its header claims to be 100000001 bytes long/
    )
  })

  it('is refused: missing', async () => {
    await expect(readTensors(path, remedy)).rejects.toThrow(/it cannot be read\. Make it again\./)
  })
})
