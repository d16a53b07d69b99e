/** No process outlives the program that has started it. */
import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, it } from 'vitest'

const register = new URL('../../src-main/jobs/register-tsx.mjs', import.meta.url).href
const script = `${import.meta.dirname}/run-until-killed.ts`

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

it.each<[string, 'steps' | 'spin', (program: ChildProcess) => void]>([
  ['is killed, while it takes steps', 'steps', (program) => program.kill('SIGKILL')],
  ['ends, while it hangs', 'spin', (program) => program.stdin!.end('end\n')]
])(
  'a process ends once its program %s',
  async (_case, task, end) => {
    const program = spawn(process.execPath, ['--import', register, script, task], {
      stdio: ['pipe', 'pipe', 'inherit']
    })
    const [line] = (await once(program.stdout, 'data')) as [Buffer]
    const pid = Number(line.toString())
    expect(isThere(pid)).toBe(true)
    end(program)
    await expect.poll(() => isThere(pid), { timeout: 10_000 }).toBe(false)
  },
  20_000
)
