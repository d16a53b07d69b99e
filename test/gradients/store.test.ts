import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { GradientStore, GradientStoreWriter } from '../../src-main/gradients/store.ts'
import { hash32, normalStream, uniformStream } from '../../src-main/random.ts'

const size = 3
const words = 25
/** Six integers end a store. */
const endMarkBytes = 24
let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'erratum-store-'))
})

afterEach(() => {
  rmSync(folder, { recursive: true })
})

interface Text {
  index: number
  words: number[]
  vectors: Float32Array
}

/** Texts with a few distinct words each, in an order that is not that of their indices. */
function someTexts(count: number, seed = 4): Text[] {
  const uniform = uniformStream(hash32(seed, 1))
  const normal = normalStream(hash32(seed, 2))
  return Array.from({ length: count }, (_, n) => {
    const own = new Set(
      Array.from({ length: 1 + Math.floor(6 * uniform()) }, () => Math.floor(words * uniform()))
    )
    const vectors = Float32Array.from({ length: own.size * size }, normal)
    return { index: (7 * n) % count, words: [...own], vectors }
  })
}

function write(name: string, texts: readonly Text[], limit?: number): string {
  const path = join(folder, name)
  const writer = new GradientStoreWriter(path, size, limit)
  for (const text of texts) writer.add(text)
  writer.finish()
  return path
}

type Posting = [text: number, ...vector: number[]]

/** Every word's postings by text, and in how many blocks they came. */
function read(path: string): { postings: Map<number, Posting[]>; blocks: number } {
  const store = new GradientStore(path, size)
  const postings = new Map<number, Posting[]>()
  let blocks = 0
  for (let word = 0; word < words + 5; word++) {
    const found: Posting[] = []
    for (const { texts, vectors } of store.postingsOf(word)) {
      blocks++
      expect([...texts]).toEqual([...texts].sort((a, b) => a - b))
      expect(vectors.length).toBe(texts.length * size)
      texts.forEach((text, i) => found.push([text, ...vectors.subarray(i * size, (i + 1) * size)]))
    }
    if (found.length > 0)
      postings.set(
        word,
        found.sort(([a], [b]) => a - b)
      )
  }
  store.close()
  return { postings, blocks }
}

function expected(texts: readonly Text[]): Map<number, Posting[]> {
  const postings = new Map<number, Posting[]>()
  for (const { index, words: own, vectors } of texts.toSorted((a, b) => a.index - b.index)) {
    own.forEach((word, n) => {
      const list = postings.get(word) ?? []
      list.push([index, ...vectors.subarray(n * size, (n + 1) * size)])
      postings.set(word, list)
    })
  }
  return new Map([...postings].sort(([a], [b]) => a - b))
}

test('one segment gives back what was written', () => {
  const texts = someTexts(60)
  const { postings, blocks } = read(write('one', texts))
  expect(postings).toEqual(expected(texts))
  expect(blocks).toBe(postings.size)
})

test.each([1, 200, 1000, 5000])('segments of %i bytes give the same as one', (limit) => {
  const texts = someTexts(60)
  const path = write('many', texts, limit)
  const { postings, blocks } = read(path)
  expect(postings).toEqual(expected(texts))
  expect(blocks).toBeGreaterThan(postings.size)
})

test('a word whose gradient is zero has no posting', () => {
  const vectors = Float32Array.of(0, 0, 0, 1, 2, 3, 0, 0, 4)
  const { postings } = read(write('zero', [{ index: 5, words: [7, 8, 9], vectors }]))
  expect(postings).toEqual(
    new Map([
      [8, [[5, 1, 2, 3]]],
      [9, [[5, 0, 0, 4]]]
    ])
  )
})

test('no texts make an empty store', () => {
  expect(read(write('empty', [])).postings.size).toBe(0)
})

describe('a damaged file is refused with its path', () => {
  function expectDamaged(path: string, vectorSize = size): void {
    const open = () => new GradientStore(path, vectorSize)
    expect(open).toThrow(
      expect.objectContaining({
        code: 'damaged-file',
        message: expect.stringContaining(path) as string
      })
    )
  }

  test('cut off anywhere in its last segment', () => {
    const path = write('whole', someTexts(4))
    const bytes = readFileSync(path)
    for (let length = 1; length < bytes.length; length += 3) {
      writeFileSync(path, bytes.subarray(0, length))
      expectDamaged(path)
    }
  })

  test('with something after its end', () => {
    const path = write('longer', someTexts(4))
    writeFileSync(path, Buffer.concat([readFileSync(path), Buffer.alloc(24)]))
    expectDamaged(path)
  })

  test.each([
    ['magic', 0, 0x12345678],
    ['version', 1, 2],
    ['size of a vector', 2, size + 1],
    ['negative number of words', 3, -1],
    ['number of words', 3, 2 ** 30],
    ['negative number of postings', 4, -1],
    ['number of postings', 4, 2 ** 30]
  ])('with another %s in the header', (_, field, value) => {
    const path = write('header', someTexts(4))
    const bytes = readFileSync(path)
    bytes.writeInt32LE(value, 4 * field)
    writeFileSync(path, bytes)
    expectDamaged(path)
  })

  test('cut off between two segments, or emptied', () => {
    const texts = someTexts(2)
    const first = statSync(write('first', texts.slice(0, 1))).size - endMarkBytes
    const path = write('two', texts, 1)
    const whole = readFileSync(path)
    for (const length of [first, whole.length - endMarkBytes, whole.length - 1, 0]) {
      writeFileSync(path, whole.subarray(0, length))
      expectDamaged(path)
    }
  })

  test('with a directory that does not rise', () => {
    const path = write('starts', someTexts(4))
    const bytes = readFileSync(path)
    const words = bytes.readInt32LE(4 * 3)
    bytes.writeInt32LE(2 ** 30, 4 * (6 + words + 1))
    writeFileSync(path, bytes)
    expectDamaged(path)
  })

  test('with a damaged second segment', () => {
    const texts = someTexts(2)
    const second = statSync(write('first', texts.slice(0, 1))).size - endMarkBytes
    const path = write('two', texts, 1)
    const bytes = readFileSync(path)
    bytes.writeInt32LE(0, second)
    writeFileSync(path, bytes)
    expectDamaged(path)
  })

  test('with vectors of another size than the model has', () => {
    expectDamaged(write('other', someTexts(4)), size + 1)
  })
})
