/**
 * An append-only file of records, one JSON line each with a checksum: a round that was computed is
 * never lost and never computed twice. A process killed while appending leaves a torn last line
 * (no line end), which is dropped on reading and cut off before the next append. Damage anywhere
 * else is reported, because it means that something other than Erratum changed the file.
 */
import { existsSync } from 'node:fs'
import { appendFile, open, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { crc32 } from 'node:zlib'
import type { ZodType } from 'zod'
import { ErratumError } from '../errors.ts'
import { writableOrExplain } from '../files/write-errors.ts'
import { writeFileAtomically } from '../files/write.ts'

/** What every record has: the key under which it is found again (see `contentKey`). */
export interface Keyed {
  key: string
}

/** An open journal; only the holder of the project's lock may append. */
export interface Journal<Entry extends Keyed> {
  /** All records in the order in which they were appended. */
  records(): readonly Entry[]
  /** The last record appended under a key. */
  find(key: string): Entry | undefined
  /** Adds a record and returns once it is on the disk; throws `cannot-write` with the remedy. */
  append(record: Entry): Promise<void>
}

interface DamagedLine {
  /** 1-based. */
  line: number
  text: string
  reason: string
}

interface Contents<Entry> {
  good: { text: string; record: Entry }[]
  damaged: DamagedLine[]
  /** Bytes up to the end of the last whole line. */
  wholeBytes: number
}

const lineShape = /^\{"checksum":"([0-9a-f]{8})","record":(.*)\}$/s

/** Opens a journal, which need not exist yet; throws `damaged-file`, naming the lines. */
export async function openJournal<Entry extends Keyed>(
  path: string,
  schema: ZodType<Entry>
): Promise<Journal<Entry>> {
  const { good, damaged, wholeBytes } = await readLines(path, schema)
  if (damaged.length > 0) throw damagedJournal(path, damaged)
  const records = good.map(({ record }) => record)
  const byKey = new Map(records.map((record) => [record.key, record]))
  let length = wholeBytes
  let last: Promise<void> = Promise.resolve()

  async function appendNow(record: Entry): Promise<void> {
    const line = Buffer.from(`${toLine(schema.parse(record))}\n`)
    await writableOrExplain(path, () => appendDurably(path, line, length))
    length += line.length
    records.push(record)
    byKey.set(record.key, record)
  }
  return {
    records: () => records,
    find: (key) => byKey.get(key),
    append(record) {
      // One after the other; a failed append does not stop the next one, which cuts off its remains.
      const appended = last.then(() => appendNow(record))
      last = appended.catch(() => undefined)
      return appended
    }
  }
}

/**
 * Moves the damaged lines of a journal to a file beside it (`rounds.jsonl` → `rounds.damaged.jsonl`)
 * and returns how many they were. Only for the holder of the project's lock.
 */
export async function repairJournal(path: string, schema: ZodType<Keyed>): Promise<number> {
  const { good, damaged } = await readLines(path, schema)
  if (damaged.length === 0) return 0
  const aside = damagedPath(path)
  const lines = damaged.map(({ text }) => `${text}\n`).join('')
  await writableOrExplain(aside, () => appendFile(aside, lines, { flush: true }))
  await writeFileAtomically(path, good.map(({ text }) => `${text}\n`).join(''))
  return damaged.length
}

async function appendDurably(path: string, line: Buffer, length: number): Promise<void> {
  const handle = await open(path, 'a')
  try {
    await handle.truncate(length)
    await writeFile(handle, line)
    await handle.datasync()
  } finally {
    await handle.close()
  }
}

async function readLines<Entry>(path: string, schema: ZodType<Entry>): Promise<Contents<Entry>> {
  const contents: Contents<Entry> = { good: [], damaged: [], wholeBytes: 0 }
  if (!existsSync(path)) return contents
  const bytes = await readFile(path)
  contents.wholeBytes = bytes.lastIndexOf(0x0a) + 1
  const lines = bytes.toString('utf8', 0, contents.wholeBytes).split('\n').slice(0, -1)
  lines.forEach((text, index) => {
    const result = readLine(text, schema)
    if ('reason' in result) contents.damaged.push({ line: index + 1, text, reason: result.reason })
    else contents.good.push({ text, record: result.record })
  })
  return contents
}

function readLine<Entry>(
  text: string,
  schema: ZodType<Entry>
): { record: Entry } | { reason: string } {
  const [, checksum, json] = lineShape.exec(text) ?? []
  if (checksum === undefined || json === undefined) return { reason: 'it is not a whole record' }
  if (checksumOf(json) !== checksum) return { reason: 'its checksum does not match' }
  const result = schema.safeParse(JSON.parse(json))
  if (result.success) return { record: result.data }
  const issue = result.error.issues[0]!
  return { reason: `${issue.path.join('.')}: ${issue.message}` }
}

function toLine(record: Keyed): string {
  const json = JSON.stringify(record)
  return `{"checksum":"${checksumOf(json)}","record":${json}}`
}

function checksumOf(json: string): string {
  return crc32(json).toString(16).padStart(8, '0')
}

function damagedPath(path: string): string {
  return path.replace(/(\.jsonl)?$/, '.damaged.jsonl')
}

function damagedJournal(path: string, damaged: DamagedLine[]): ErratumError {
  const { line, reason } = damaged[0]!
  const more = damaged.length > 1 ? ` ${damaged.length - 1} more after it are damaged too.` : ''
  return new ErratumError(
    'damaged-file',
    `${path}, line ${line}: the record is damaged, ${reason}.${more} Run erratum repair ` +
      `${dirname(path)}: it moves what is damaged aside, and those rounds are computed again ` +
      'when they are needed.'
  )
}
