/** PyTorch's side of the benchmark: `text_cnn.py`, run with the same shapes on one thread. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

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
export function measurePeers(names: readonly string[], seconds: number): PeerCase[] {
  const script = join(import.meta.dirname, 'text_cnn.py')
  const options = ['--threads', '1', '--seconds', String(seconds), '--only', ...names]
  const { status, stdout, stderr } = spawnSync('python3', [script, ...options])
  if (status !== 0) throw new Error(`${script} failed: ${String(stderr)}`)
  const { cases } = JSON.parse(String(stdout)) as { cases: PeerCase[] }
  return cases
}
