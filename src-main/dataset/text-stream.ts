/** Text files as streams: bytes, decoded chunks, and records cut out of the chunks. */
import { createReadStream } from 'node:fs'
import iconv from 'iconv-lite'
import { ErratumError, throwIfCancelled } from '../errors.ts'
import type { ReadOptions, SourceFile } from './source.ts'

/** A text file whose encoding is known. */
export interface TextFile extends SourceFile {
  encoding: string
  bom: boolean
  size: number
}

const chunkSize = 1 << 18
const longestRecord = 1 << 26

/** The bytes of a file, chunk by chunk, from `start`. */
export async function* byteChunks(file: SourceFile, start = 0): AsyncGenerator<Buffer> {
  const stream = createReadStream(file.path, { highWaterMark: chunkSize, start })
  try {
    for await (const chunk of stream) {
      throwIfCancelled(file.signal)
      yield chunk as Buffer
    }
  } catch (error) {
    if (error instanceof ErratumError) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new ErratumError(
      'bad-data',
      `${file.name}: the file cannot be read (${reason}). Check the disk and the permissions.`,
      { cause: error }
    )
  }
}

/** The decoded text of a file, chunk by chunk, without its byte order mark. */
export async function* textChunks(
  file: TextFile,
  options: ReadOptions = {}
): AsyncGenerator<string> {
  const decoder = iconv.getDecoder(file.encoding as iconv.Encoding)
  let read = 0
  for await (const chunk of byteChunks({ ...file, signal: options.signal ?? file.signal })) {
    yield decoder.write(chunk)
    read += chunk.length
    options.onRead?.(read / file.size)
  }
  const tail = decoder.end()
  if (tail) yield tail
}

/** A record cut out of a text: its content and the index after it. */
export interface Piece<T> {
  value: T
  end: number
}

/** Cuts the record that starts at `start`; undefined when the text ends too early and more follows. */
export type Take<T> = (text: string, start: number, last: boolean) => Piece<T> | undefined

/** What was cut, the exact text it was cut from, and the 1-based line that it starts on. */
export interface Cut<T> {
  value: T
  raw: string
  line: number
}

/**
 * Cuts records out of chunks. When a record does not fit, twice as much text is gathered before the
 * next attempt, so that a long record costs time in proportion to its length.
 */
export async function* cutRecords<T>(
  file: TextFile,
  take: Take<T>,
  options?: ReadOptions
): AsyncGenerator<Cut<T>> {
  let text = ''
  let wanted = 0
  let line = 1
  function* cutAll(last: boolean): Generator<Cut<T>> {
    let start = 0
    while (start < text.length) {
      const piece = takeAt(start, last)
      if (!piece) break
      const raw = text.slice(start, piece.end)
      yield { value: piece.value, raw, line }
      line += lineEnds(raw)
      start = piece.end
    }
    wanted = start === 0 ? 2 * text.length : 0
    text = text.slice(start)
  }
  function takeAt(start: number, last: boolean): Piece<T> | undefined {
    try {
      return take(text, start, last)
    } catch (error) {
      if (!(error instanceof BrokenRecord)) throw error
      const broken = line + lineEnds(text.slice(start, error.at))
      throw new ErratumError(
        'bad-data',
        `${file.name}, line ${broken.toLocaleString('en-US')}: ${error.message}`
      )
    }
  }
  for await (const chunk of textChunks(file, options)) {
    text += chunk
    if (text.length < wanted) continue
    yield* cutAll(false)
    if (text.length > longestRecord) {
      throw new ErratumError(
        'bad-data',
        `${file.name}, line ${line.toLocaleString('en-US')}: the record that starts here is longer than 64 million characters. Look for a double quote that is never closed, or cut the text.`
      )
    }
  }
  yield* cutAll(true)
}

/** Why a record cannot be cut, and the index in the text where that shows. */
export class BrokenRecord extends Error {
  readonly at: number

  constructor(at: number, message: string) {
    super(message)
    this.at = at
  }
}

/** Counts line ends: \n, \r\n, or \r in a text that has no \n. */
export function lineEnds(text: string): number {
  const mark = text.includes('\n') ? '\n' : '\r'
  let count = 0
  for (let at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, at + 1)) count++
  return count
}
