/** The core's cases, ours and PyTorch's in turns. */
import type { Case, Times } from './measure.ts'
import { measure, median } from './measure.ts'
import { measurePeers } from './pytorch.ts'
import { milliseconds, table } from './table.ts'

export interface Result {
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

export interface Effort {
  /** For each case and round. */
  seconds: number
  rounds: number
  withPeers: boolean
}

/** Measures a case. */
export async function compare(
  given: Case,
  { seconds, rounds, withPeers }: Effort
): Promise<Result> {
  const work = await given.prepare()
  const ours: Times[] = []
  const theirs = new Map<string, number[]>()
  for (let round = 0; round < rounds; round++) {
    ours.push(await measure(work, seconds, given.runsOnce))
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

/** The results for people. */
export function resultTable(results: readonly Result[]): string {
  return table([headings, ...results.map(rowOf)], [0, 7])
}

function rowOf(result: Result): string[] {
  const { name, medianMs, minMs, cpuMs, rowsPerSecond, residentMiB, peer } = result
  return [
    name,
    ...[medianMs, minMs, cpuMs].map(milliseconds),
    rowsPerSecond ? Math.round(rowsPerSecond).toLocaleString('en') : '',
    verdict(result),
    residentMiB.toFixed(0),
    peer ? `${peer.medianMs.toFixed(2)} (${peer.name.replace(/^.*?=\S+ (rows=\S+ )?/, '')})` : '',
    peer ? (medianMs / peer.medianMs).toFixed(2) : ''
  ]
}

function verdict({ target, medianMs, rowsPerSecond, peer }: Result): string {
  if (!target) return ''
  if ('ratio' in target) {
    const met = peer ? (medianMs / peer.medianMs <= target.ratio ? ' met' : ' MISSED') : ''
    return `ratio ≤ ${target.ratio}${met}`
  }
  if ('ms' in target) return `≤ ${target.ms} ms${medianMs <= target.ms ? ' met' : ' MISSED'}`
  const met = rowsPerSecond! >= target.rowsPerSecond
  return `≥ ${target.rowsPerSecond.toLocaleString('en')}/s${met ? ' met' : ' MISSED'}`
}
