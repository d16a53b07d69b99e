/** PyTorch's side of the benchmark: a script, run with the same shapes on as many threads. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import type { Peers } from './measure.ts'

interface PeerCase {
  name: string
  medianMs: number
  minMs: number
}

/** The version of PyTorch, or undefined where python3 cannot import it. */
export function torchVersion(): string | undefined {
  const { status, stdout } = spawnSync('python3', ['-c', 'import torch; print(torch.__version__)'])
  return status === 0 ? String(stdout).trim() : undefined
}

/** Median and least ms of each variant named. */
export function measurePeers({ script: file, threads, names }: Peers, seconds: number): PeerCase[] {
  const script = join(import.meta.dirname, file)
  const options = ['--threads', String(threads), '--seconds', String(seconds), '--only', ...names]
  const { status, stdout, stderr } = spawnSync('python3', [script, ...options])
  if (status !== 0) throw new Error(`${script} failed: ${String(stderr)}`)
  const { cases } = JSON.parse(String(stdout)) as { cases: PeerCase[] }
  return cases
}
