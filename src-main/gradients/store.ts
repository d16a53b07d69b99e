/**
 * The word gradients of the training set at one checkpoint, on disk, ordered by word: an inverted
 * index whose postings are (text, gradient). A query reads the few words that it shares with
 * others, each from one place. The file is a sequence of segments, each sorted on its own, so that
 * writing needs memory for one segment only, however large the data set.
 *
 * A segment is little-endian 32-bit: six integers (magic, version, size of a vector, words,
 * postings, 0), then the word ids ascending, where each word's postings start (and their end), the
 * text of every posting, and the vectors. Six integers end the file: another magic, version, size of
 * a vector, segments, 0, 0.
 */
import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs'
import { ErratumError } from '../errors.ts'
import { isZero } from '../vectors.ts'
import type { ExampleGradients } from './extractor.ts'

const segmentMagic = 0x47574545
const endMagic = 0x444e4545
const version = 1
const headerLength = 6
/** Memory that one segment may take before it is written. */
const segmentBytes = 128 * 2 ** 20
/** Postings whose vectors are put in order and written at once. */
const blockPostings = 2048

type WordVectors = Pick<ExampleGradients, 'index' | 'words' | 'vectors'>

/** One vector of a text: where it starts in the text's own. */
interface PendingPosting {
  text: WordVectors
  at: number
}

/** Writes a store; `finish` must be called, otherwise the file is not complete. */
export class GradientStoreWriter {
  readonly #file: number
  readonly #size: number
  readonly #segmentPostings: number
  #pending: WordVectors[] = []
  #pendingPostings = 0
  #segments = 0

  constructor(path: string, size: number, limit = segmentBytes) {
    this.#file = openSync(path, 'w')
    this.#size = size
    this.#segmentPostings = Math.max(Math.floor(limit / (4 * size + 64)), 1)
  }

  /** Keeps the vectors until their segment is written: they must not be changed. */
  add(text: WordVectors): void {
    this.#pending.push(text)
    this.#pendingPostings += text.words.length
    if (this.#pendingPostings >= this.#segmentPostings) this.#writeSegment()
  }

  /** Writes what is pending and the end mark, without which a reader takes the file for cut off. */
  finish(): void {
    if (this.#pending.length > 0) this.#writeSegment()
    writeAll(this.#file, Int32Array.of(endMagic, version, this.#size, this.#segments, 0, 0))
    closeSync(this.#file)
  }

  /** Lets go of a file that will not be finished. */
  abandon(): void {
    closeSync(this.#file)
  }

  #writeSegment(): void {
    const byWord = this.#takeByWord()
    const words = [...byWord.keys()].sort((a, b) => a - b)
    const starts = [0]
    const postings: PendingPosting[] = []
    for (const word of words) {
      for (const posting of byWord.get(word)!) postings.push(posting)
      starts.push(postings.length)
    }
    if (postings.length === 0) return
    this.#segments++
    const header = [segmentMagic, version, this.#size, words.length, postings.length, 0]
    writeAll(this.#file, Int32Array.from([...header, ...words, ...starts]))
    writeAll(
      this.#file,
      Int32Array.from(postings, ({ text }) => text.index)
    )
    this.#writeVectors(postings)
  }

  /** The pending postings of each word, by text. Sorting texts, not postings, is ten times less. */
  #takeByWord(): Map<number, PendingPosting[]> {
    const byWord = new Map<number, PendingPosting[]>()
    for (const text of this.#pending.sort((a, b) => a.index - b.index)) {
      text.words.forEach((word, n) => {
        const at = n * this.#size
        // A word whose gradient is zero has no influence: leave it out.
        if (isZero(text.vectors, at, at + this.#size)) return
        const postings = byWord.get(word)
        if (postings) postings.push({ text, at })
        else byWord.set(word, [{ text, at }])
      })
    }
    this.#pending = []
    this.#pendingPostings = 0
    return byWord
  }

  #writeVectors(postings: readonly PendingPosting[]): void {
    const size = this.#size
    const block = new Float32Array(Math.min(postings.length, blockPostings) * size)
    for (let start = 0; start < postings.length; start += blockPostings) {
      const part = postings.slice(start, start + blockPostings)
      part.forEach(({ text, at }, i) => block.set(text.vectors.subarray(at, at + size), i * size))
      writeAll(this.#file, block.subarray(0, part.length * size))
    }
  }
}

/** The postings of one word: the texts that have it, and their gradients [texts, size]. */
export interface Postings {
  readonly texts: Int32Array
  readonly vectors: Float32Array
}

interface Segment {
  words: Int32Array
  starts: Int32Array
  texts: Int32Array
  /** Byte offset of the vectors. */
  vectorsAt: number
}

/** Reads a store. Directories are in memory, vectors are read when asked for. */
export class GradientStore {
  readonly size: number
  readonly #path: string
  readonly #file: number
  readonly #segments: Segment[] = []

  constructor(path: string, size: number) {
    this.#path = path
    this.size = size
    this.#file = openSync(path, 'r')
    try {
      const end = fstatSync(this.#file).size
      if (end === 0) throw this.#damaged()
      for (let at = 0; at < end;) at = this.#readPart(at, end)
    } catch (error) {
      closeSync(this.#file)
      throw error
    }
  }

  /** The postings of a word, a block a segment that has it. */
  postingsOf(word: number): Postings[] {
    return this.#segments.flatMap((segment) => {
      const n = indexOfSorted(segment.words, word)
      if (n < 0) return []
      const [start, end] = [segment.starts[n]!, segment.starts[n + 1]!]
      const vectors = new Float32Array((end - start) * this.size)
      this.#read(vectors, segment.vectorsAt + 4 * start * this.size)
      return [{ texts: segment.texts.subarray(start, end), vectors }]
    })
  }

  close(): void {
    closeSync(this.#file)
  }

  /** Reads a segment's directory, or the end mark; returns where the next part starts. */
  #readPart(at: number, end: number): number {
    const header = this.#read(new Int32Array(headerLength), at)
    const [magic, foundVersion, size, words, postings] = header
    const next = at + 4 * headerLength
    if (foundVersion !== version || size !== this.size) throw this.#damaged()
    if (magic === endMagic && words === this.#segments.length && next === end) return end
    if (magic !== segmentMagic || next === end) throw this.#damaged()
    return this.#readDirectory(at, end, { words: words!, postings: postings! })
  }

  #readDirectory(
    at: number,
    end: number,
    { words, postings }: { words: number; postings: number }
  ): number {
    const vectorsAt = at + 4 * (headerLength + 2 * words + 1 + postings)
    const next = vectorsAt + 4 * postings * this.size
    // The end mark must follow, so a segment never reaches the end of the file.
    if (words < 0 || postings < 0 || next >= end) throw this.#damaged()
    const directory = this.#read(new Int32Array(2 * words + 1 + postings), at + 4 * headerLength)
    const starts = directory.subarray(words, 2 * words + 1)
    const rising = starts.every((start, i) => i === 0 || start > starts[i - 1]!)
    if (starts[0] !== 0 || starts[words] !== postings || !rising) throw this.#damaged()
    this.#segments.push({
      words: directory.subarray(0, words),
      starts,
      texts: directory.subarray(2 * words + 1),
      vectorsAt
    })
    return next
  }

  #read<T extends Int32Array | Float32Array>(into: T, position: number): T {
    const bytes = new Uint8Array(into.buffer, into.byteOffset, into.byteLength)
    let done = 0
    while (done < bytes.length) {
      const count = readSync(this.#file, bytes, done, bytes.length - done, position + done)
      if (count === 0) throw this.#damaged()
      done += count
    }
    return into
  }

  #damaged(): ErratumError {
    return new ErratumError(
      'damaged-file',
      `${this.#path} is damaged or not complete. Delete it: it is made anew from the checkpoint.`
    )
  }
}

function indexOfSorted(sorted: Int32Array, wanted: number): number {
  let [low, high] = [0, sorted.length - 1]
  while (low <= high) {
    const middle = (low + high) >> 1
    if (sorted[middle] === wanted) return middle
    if (sorted[middle]! < wanted) low = middle + 1
    else high = middle - 1
  }
  return -1
}

function writeAll(file: number, array: Int32Array | Float32Array): void {
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
  for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done)
}
