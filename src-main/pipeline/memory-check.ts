/** Too little memory is told of before a training begins: the system would end the whole process. */
import { freemem, totalmem } from 'node:os'
import { ErratumError } from '../errors.ts'
import type { DeviceName } from '../executors/devices.ts'
import { inBytes } from '../report/numbers.ts'

/**
 * Bytes that this process may still take, about. macOS counts what it keeps of files as used, so
 * there it is half of the machine at least.
 */
export function freeBytes(platform: NodeJS.Platform = process.platform): number {
  const free = platform === 'darwin' ? Math.max(freemem(), totalmem() / 2) : freemem()
  // A container's own limit; 0 or more than there is where it has none.
  const limit = process.constrainedMemory() || Infinity
  return Math.min(free, limit - process.memoryUsage.rss())
}

/** Throws `training-failed`, with what can be done, where a training takes more than is free. */
export function requireMemory(expected: number, free: number, doing = 'Training'): void {
  if (expected <= free) return
  throw new ErratumError(
    'training-failed',
    `${doing} this model takes about ${inBytes(expected)} of memory, and ${inBytes(free)} are free. ` +
      'Take fewer rows a step (--batch-size), work each step out in parts (--accumulate), cut the ' +
      'texts shorter (--max-length), freeze layers (--freeze), choose a smaller model, or close ' +
      'other programs.'
  )
}

/**
 * How many rounds fit into the memory side by side, `wanted` at most; throws `training-failed` where
 * not even one does.
 */
export function roundsThatFit(wanted: number, expected: number, free: number): number {
  requireMemory(expected, free, 'A round of')
  return Math.min(wanted, Math.floor(free / expected))
}

/** Bytes that a worker takes beside its work, about: a thread shares the program with all others. */
export function workerBytes(device: DeviceName): number {
  return device === 'cpu' ? 0 : 3.5e8
}

/** The most memory that the process has while something is done; `look` is called now and then. */
export class PeakMemory {
  bytes = process.memoryUsage.rss()

  look(): void {
    this.bytes = Math.max(this.bytes, process.memoryUsage.rss())
  }
}
