/**
 * Finds the encoding of a text file: its byte order mark, else UTF-8 if every byte is right, else
 * the likeliest guess that decodes every byte and encodes to the same bytes again, so that an
 * export can write untouched records back exactly.
 */
import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import chardet from 'chardet'
import iconv from 'iconv-lite'
import { ErratumError } from '../errors.ts'
import type { SourceFile } from './source.ts'
import { byteChunks, lineEnds, type TextFile } from './text-stream.ts'
import { Utf8Check, type BytePlace } from './utf8-check.ts'
import { counted } from './wording.ts'

const marks = [
  { encoding: 'utf8', name: 'UTF-8', bytes: [0xef, 0xbb, 0xbf] },
  { encoding: 'utf-16le', name: 'UTF-16', bytes: [0xff, 0xfe] },
  { encoding: 'utf-16be', name: 'UTF-16', bytes: [0xfe, 0xff] }
]

/** Enough of a file for a guess. */
const sampleSize = 1 << 18

/** Reads the file once and says how to decode it; an error names the line that no encoding explains. */
export async function findEncoding(file: SourceFile): Promise<TextFile> {
  const { size } = await stat(file.path)
  if (size === 0) throw emptyFile(file)
  const start = await firstChunk(file, 0)
  const mark = marks.find(({ bytes }) => bytes.every((byte, at) => start[at] === byte))
  if (mark && mark.encoding !== 'utf8') {
    const text: TextFile = { ...file, size, encoding: mark.encoding, bom: true }
    if (!(await survives(text))) throw damaged(file, mark.name)
    return text
  }
  const check = new Utf8Check()
  for await (const chunk of byteChunks(file)) check.push(chunk)
  check.end()
  if (check.firstNul) throw holdsNul(file, check.firstNul.line)
  const wrong = check.firstWrong
  if (!wrong) return { ...file, size, encoding: 'utf8', bom: mark !== undefined }
  if (mark || check.mixed) throw mixed(file, wrong)
  const encoding = await guess({ ...file, size, encoding: 'utf8', bom: false }, wrong)
  return { ...file, size, encoding, bom: false }
}

/** The error of a file with nothing in it, or nothing but blank lines. */
export function emptyFile(file: SourceFile): ErratumError {
  return new ErratumError('bad-data', `${file.name}: the file holds no data. Choose another file.`)
}

async function guess(file: TextFile, wrong: BytePlace): Promise<string> {
  const sample = await firstChunk(file, Math.max(0, wrong.offset - 1024))
  const likely = chardet
    .analyse(foreignWords(sample))
    .map(({ name }) => (name === 'ISO-8859-1' ? 'windows-1252' : name))
    .filter((name) => !name.startsWith('UTF-') && iconv.encodingExists(name))
  for (const encoding of new Set([...likely.slice(0, 1), 'windows-1252', ...likely])) {
    if (await survives({ ...file, encoding })) return encoding.toLowerCase()
  }
  // Every byte is a character in this one, if only a control character.
  return 'iso-8859-1'
}

/** The words that hold a byte past ASCII: the others (a header, labels) mislead a guess. */
function foreignWords(sample: Buffer): Buffer {
  const words: Buffer[] = []
  let start = 0
  let foreign = false
  for (let at = 0; at <= sample.length; at++) {
    const byte = sample[at] ?? 10
    if (byte >= 0x80) foreign = true
    else if (byte < 0x30) {
      if (foreign) words.push(sample.subarray(start, at), Buffer.from(' '))
      start = at + 1
      foreign = false
    }
  }
  return Buffer.concat(words)
}

/** Whether decoding loses nothing: no replacement character, and the same bytes when encoded again. */
async function survives(file: TextFile): Promise<boolean> {
  const encoding = file.encoding as iconv.Encoding
  const decoder = iconv.getDecoder(encoding)
  const encoder = iconv.getEncoder(encoding, { addBOM: file.bom })
  const original = createHash('sha256')
  const again = createHash('sha256')
  let line = 1
  const take = (text: string): boolean => {
    again.update(encoder.write(text))
    const nul = text.indexOf('\0')
    if (nul >= 0) throw holdsNul(file, line + lineEnds(text.slice(0, nul)))
    line += lineEnds(text)
    return !text.includes('\ufffd') || file.encoding.startsWith('utf-16')
  }
  for await (const chunk of byteChunks(file)) {
    original.update(chunk)
    if (!take(decoder.write(chunk))) return false
  }
  if (!take(decoder.end() ?? '')) return false
  again.update(encoder.end() ?? Buffer.alloc(0))
  return original.digest('hex') === again.digest('hex')
}

async function firstChunk(file: SourceFile, start: number): Promise<Buffer> {
  for await (const chunk of byteChunks(file, start)) return chunk.subarray(0, sampleSize)
  return Buffer.alloc(0)
}

function holdsNul(file: SourceFile, line: number): ErratumError {
  return new ErratumError(
    'bad-data',
    `${file.name}, line ${counted(line)}: a NUL byte, which no text holds. The file is damaged, a binary file (a spreadsheet, an archive), or UTF-16 without a byte order mark. Save it as CSV in UTF-8.`
  )
}

function mixed(file: SourceFile, wrong: BytePlace): ErratumError {
  const byte = `0x${wrong.byte.toString(16).toUpperCase()}`
  return new ErratumError(
    'bad-data',
    `${file.name}, line ${counted(wrong.line)}: byte ${byte} at offset ${counted(wrong.offset)} is not UTF-8, though other parts of the file are. Save the whole file in one encoding, UTF-8 at best.`
  )
}

function damaged(file: SourceFile, encoding: string): ErratumError {
  return new ErratumError(
    'bad-data',
    `${file.name}: its byte order mark says ${encoding}, but its bytes are not. The file is cut off or damaged; save it again as UTF-8.`
  )
}
