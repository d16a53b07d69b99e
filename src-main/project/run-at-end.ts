const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** What is still to be done when the process ends; one list a process, as its signals are. */
const pending = new Set<() => void>()

/**
 * Runs `action` when the process exits or is about to be ended by a signal, unless the function
 * that it returns was called before. Synchronous: nothing is awaited any more at that point.
 */
export function runAtEnd(action: () => void): () => void {
  if (pending.size === 0) listen()
  pending.add(action)
  return () => {
    pending.delete(action)
    if (pending.size === 0) stopListening()
  }
}

function listen(): void {
  process.on('exit', runAll)
  for (const signal of signals) process.on(signal, endBySignal)
}

function stopListening(): void {
  process.off('exit', runAll)
  for (const signal of signals) process.off(signal, endBySignal)
}

function endBySignal(signal: NodeJS.Signals): void {
  // Whoever else listens winds the process down in order; `exit` comes at the end of that.
  if (process.listenerCount(signal) > 1) return
  runAll()
  stopListening()
  process.kill(process.pid, signal)
}

function runAll(): void {
  for (const action of [...pending]) action()
}
