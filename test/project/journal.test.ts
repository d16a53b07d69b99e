import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { openJournal, repairJournal } from '../../src-main/project/journal.ts'
import type { Journal } from '../../src-main/project/journal.ts'

const schema = z.object({ key: z.string(), seed: z.number(), text: z.string().optional() })
type Round = z.infer<typeof schema>

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'erratum-journal-'))
  path = join(folder, 'rounds.jsonl')
})
afterEach(() => rmSync(folder, { recursive: true }))

async function withRounds(count: number): Promise<Journal<Round>> {
  const journal = await openJournal(path, schema)
  for (let seed = 0; seed < count; seed++) await journal.append({ key: `k${seed}`, seed })
  return journal
}

const seedsOf = (journal: Journal<Round>): number[] => journal.records().map(({ seed }) => seed)

function changeLine(line: number, change: (text: string) => string): void {
  const lines = readFileSync(path, 'utf8').split('\n')
  lines[line - 1] = change(lines[line - 1]!)
  writeFileSync(path, lines.join('\n'))
}

describe('openJournal', () => {
  it('is empty, and makes no file, where there is none', async () => {
    expect((await openJournal(path, schema)).records()).toEqual([])
    expect(existsSync(path)).toBe(false)
  })

  it('finds records again by key, the last one of each', async () => {
    const journal = await withRounds(3)
    await journal.append({ key: 'k1', seed: 9, text: 'line\nend, 文, \u2028' })
    const again = await openJournal(path, schema)
    expect(again.records()).toEqual(journal.records())
    expect(again.find('k1')).toEqual({ key: 'k1', seed: 9, text: 'line\nend, 文, \u2028' })
    expect(again.find('none')).toBeUndefined()
  })

  it('is one line of JSON a record', async () => {
    await withRounds(2)
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
    expect(lines.map((line) => (JSON.parse(line) as { record: Round }).record.seed)).toEqual([0, 1])
  })

  it('drops a torn last line wherever it was cut, and goes on after it', async () => {
    await withRounds(3)
    const whole = readFileSync(path)
    const lastLine = whole.lastIndexOf(0x0a, whole.length - 2) + 1
    for (let cut = lastLine; cut < whole.length; cut++) {
      writeFileSync(path, whole.subarray(0, cut))
      const journal = await openJournal(path, schema)
      expect(seedsOf(journal), `cut at byte ${cut}`).toEqual([0, 1])
      expect(readFileSync(path).length).toBe(cut)
      await journal.append({ key: 'k2', seed: 2 })
      expect(readFileSync(path).equals(whole), `appended after the cut at byte ${cut}`).toBe(true)
    }
  })

  it('drops the zeros that a power cut may leave at the end', async () => {
    await withRounds(1)
    appendFileSync(path, Buffer.alloc(100))
    expect(seedsOf(await openJournal(path, schema))).toEqual([0])
  })

  it.each([
    ['a changed digit', (text: string) => text.replace('"seed":1', '"seed":7'), /its checksum/],
    ['half a line', (text: string) => text.slice(0, 20), /not a whole record/],
    ['an empty line', () => '', /not a whole record/]
  ])('reports damage in the middle: %s', async (_case, change, reason) => {
    await withRounds(3)
    changeLine(2, change)
    await expect(openJournal(path, schema)).rejects.toMatchObject({
      code: 'damaged-file',
      message: expect.stringMatching(/rounds\.jsonl, line 2: .*damaged.*Run erratum repair /)
    })
    await expect(openJournal(path, schema)).rejects.toThrow(reason)
  })

  it('reports a record that is whole but not of this kind', async () => {
    const other = await openJournal(path, z.object({ key: z.string() }))
    await other.append({ key: 'k' })
    await expect(openJournal(path, schema)).rejects.toThrow(/line 1: .*seed: /)
  })

  it('keeps concurrent appends whole and in order', async () => {
    const journal = await openJournal(path, schema)
    const seeds = Array.from({ length: 50 }, (_, seed) => seed)
    await Promise.all(seeds.map((seed) => journal.append({ key: `k${seed}`, seed })))
    expect(seedsOf(await openJournal(path, schema))).toEqual(seeds)
  })

  it('goes on after an append that failed', async () => {
    const journal = await withRounds(1)
    await expect(journal.append({ key: 'k' } as Round)).rejects.toThrow()
    await journal.append({ key: 'k1', seed: 1 })
    expect(seedsOf(await openJournal(path, schema))).toEqual([0, 1])
  })

  it('has every record that was acknowledged before a kill', async () => {
    const script = join(import.meta.dirname, 'append-forever.ts')
    const child = spawn(process.execPath, ['--import', 'tsx', script, path])
    const exited = once(child, 'exit')
    let acknowledged = -1
    child.stdout.on('data', (data: Buffer) => {
      acknowledged = Number(data.toString().trim().split('\n').at(-1))
      if (acknowledged >= 10) child.kill('SIGKILL')
    })
    await exited
    const journal = await openJournal(path, z.object({ key: z.string() }))
    expect(journal.find(String(acknowledged))).toBeDefined()
    expect(journal.records().map(({ key }) => Number(key))).toEqual(
      journal.records().map((_, index) => index)
    )
  })
})

describe('repairJournal', () => {
  it('moves the damaged lines aside and keeps the others', async () => {
    await withRounds(4)
    changeLine(2, (text) => text.replace('k1', 'kX'))
    changeLine(3, () => 'rubbish')
    await expect(openJournal(path, schema)).rejects.toThrow(/1 more after it/)
    expect(await repairJournal(path, schema)).toBe(2)
    expect(seedsOf(await openJournal(path, schema))).toEqual([0, 3])
    const aside = readFileSync(join(folder, 'rounds.damaged.jsonl'), 'utf8')
    expect(aside).toMatch(/kX.*\nrubbish\n$/)
  })

  it('leaves a sound journal alone', async () => {
    await withRounds(2)
    const before = readFileSync(path)
    expect(await repairJournal(path, schema)).toBe(0)
    expect(readFileSync(path)).toEqual(before)
  })
})
