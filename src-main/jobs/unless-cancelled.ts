import { throwIfCancelled } from '../errors.ts'

/** Waits for something that goes on by itself; throws `cancelled` as soon as the signal is aborted. */
export async function unlessCancelled<T>(
  result: Promise<T>,
  signal: AbortSignal | undefined
): Promise<T> {
  throwIfCancelled(signal)
  if (!signal) return result
  let cancel!: () => void
  const cancelled = new Promise<void>((resolve) => (cancel = resolve))
  signal.addEventListener('abort', cancel)
  try {
    await Promise.race([result, cancelled])
    throwIfCancelled(signal)
    return await result
  } finally {
    signal.removeEventListener('abort', cancel)
  }
}
