import { readFileSync } from 'node:fs'

/**
 * What tells a process from a later one that was given the same pid: the boot and the tick in which
 * it started, read from /proc. `undefined` where the system does not say (not Linux), `null` when
 * there is no such process, or only its unreaped remains.
 */
export function processStart(pid: number): string | null | undefined {
  if (process.platform !== 'linux') return undefined
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The second field is the program's name in brackets, which may hold spaces and brackets itself.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (fields[0] === 'Z' || fields[0] === 'X') return null
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    return `${boot} ${fields[19]}`
  } catch {
    return undefined
  }
}

/** Whether the process that had this pid and this start still runs on this machine. */
export function isRunning(pid: number, start: string | null): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    // EPERM: it runs, but belongs to another user.
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
  }
  const startNow = processStart(pid)
  if (startNow === null) return false
  return start === null || startNow === undefined || startNow === start
}
