/**
 * The benchmark: `npm run bench`, with `-- --json` for a program, `--only WORDS` for some cases,
 * `--seconds N` for each case and round, `--rounds N`, and `--alone` to leave PyTorch out.
 *
 * Rounds of ours and PyTorch's take turns, so that a machine that gets busier or hotter in the
 * meantime is unfair to neither. A time is the median over all runs; PyTorch's is that of its
 * fastest variant, and of that the median over the rounds.
 */
import { cpus, loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { cases } from './cases.ts'
import type { Case, Times } from './measure.ts'
import { measure, median } from './measure.ts'
import { measurePeers, torchVersion } from './pytorch.ts'

interface Result {
  name: string
  medianMs: number
  minMs: number
  /** Processor time a run. */
  cpuMs: number
  rowsPerSecond?: number
  target?: Case['target']
  residentMiB: number
  peer?: { name: string; medianMs: number }
}

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    alone: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    seconds: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '2' }
  }
})
const seconds = Number(options.seconds)
const rounds = Number(options.rounds)

async function compare(given: Case, withPeers: boolean): Promise<Result> {
  const work = await given.prepare()
  const ours: Times[] = []
  const theirs = new Map<string, number[]>()
  for (let round = 0; round < rounds; round++) {
    ours.push(await measure(work, seconds))
    if (!withPeers || !given.peers) continue
    for (const { name, medianMs } of measurePeers(given.peers, seconds)) {
      theirs.set(name, [...(theirs.get(name) ?? []), medianMs])
    }
  }
  await work.dispose()
  const times = ours.flatMap(({ ms }) => ms)
  const peers = Array.from(theirs, ([name, medians]) => ({ name, medianMs: median(medians) }))
  const [peer] = peers.sort((a, b) => a.medianMs - b.medianMs)
  return {
    name: given.name,
    medianMs: median(times),
    minMs: Math.min(...times),
    cpuMs: median(ours.map(({ cpuMs }) => cpuMs)),
    residentMiB: ours.at(-1)!.residentMiB,
    ...(given.rows ? { rowsPerSecond: (given.rows / median(times)) * 1000 } : {}),
    ...(given.target ? { target: given.target } : {}),
    ...(peer ? { peer } : {})
  }
}

const headings = [
  '',
  'median ms',
  'min ms',
  'cpu ms',
  'rows/s',
  'target',
  'MiB',
  'PyTorch',
  'ratio'
]

function rowOf(result: Result): string[] {
  const { name, medianMs, minMs, cpuMs, rowsPerSecond, residentMiB, peer } = result
  return [
    name,
    ...[medianMs, minMs, cpuMs].map((ms) => ms.toFixed(ms < 100 ? 2 : 0)),
    rowsPerSecond ? Math.round(rowsPerSecond).toLocaleString('en') : '',
    verdict(result),
    residentMiB.toFixed(0),
    peer ? `${peer.medianMs.toFixed(2)} (${peer.name.split(' ').slice(2).join(' ')})` : '',
    peer ? (medianMs / peer.medianMs).toFixed(2) : ''
  ]
}

function verdict({ target, medianMs, rowsPerSecond }: Result): string {
  if (!target) return ''
  if ('ms' in target) return `≤ ${target.ms} ms${medianMs <= target.ms ? ' met' : ' MISSED'}`
  const met = rowsPerSecond! >= target.rowsPerSecond
  return `≥ ${target.rowsPerSecond.toLocaleString('en')}/s${met ? ' met' : ' MISSED'}`
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = headings.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  const line = (row: readonly string[]) =>
    row
      .map((cell, c) => (c === 0 || c === 7 ? cell.padEnd(widths[c]!) : cell.padStart(widths[c]!)))
      .join('  ')
  return rows.map(line).join('\n')
}

const torch = options.alone ? undefined : torchVersion()
const results: Result[] = []
for (const given of cases) {
  if (!given.name.includes(options.only)) continue
  process.stderr.write(`${given.name}\n`)
  results.push(await compare(given, torch !== undefined))
}
const machine = { cores: cpus().length, processor: cpus()[0]?.model, load: loadavg()[0] }
if (options.json) {
  process.stdout.write(`${JSON.stringify({ machine, torch, results }, null, 2)}\n`)
} else {
  const peer = torch
    ? `PyTorch ${torch}, one thread: its fastest variant. A ratio below 1 says that we are faster.`
    : options.alone
      ? 'PyTorch was left out.'
      : 'python3 cannot import torch here, so there is nothing to compare with.'
  process.stdout.write(
    `${table([headings, ...results.map(rowOf)])}\n\n${peer}\n` +
      `${machine.cores} × ${machine.processor}, load ${machine.load?.toFixed(1)}.\n`
  )
}
