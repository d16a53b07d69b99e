/**
 * What a device computes and how fast: `npm run check:devices`, with `-- --device webgpu` (or cuda,
 * dml, coreml, tfjs), `--threads N` for the CPU beside it, `--quick` for a minute instead of four,
 * `--software` for the GPU in software of `test/support/software-gpu.ts`, `--only WORDS` for the
 * parts whose names have these words. It needs node, node_modules and the repository's files.
 *
 * Every part is a process of its own: what one breaks, the others do not notice.
 */
import { fork, spawnSync } from 'node:child_process'
import { availableParallelism, cpus, loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import type { DeviceName } from '../../src-main/executors/devices.ts'
import { deviceNames, devices, thisPlatform } from '../../src-main/executors/devices.ts'
import { table } from '../bench/table.ts'
import { softwareGpu } from '../support/software-gpu.ts'
import type { PartOptions, Row } from './parts.ts'
import { partNames, runPart } from './parts.ts'

const { values: given } = parseArgs({
  options: {
    device: { type: 'string', default: 'webgpu' },
    threads: { type: 'string', default: String(Math.min(16, availableParallelism())) },
    seconds: { type: 'string' },
    quick: { type: 'boolean', default: false },
    software: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    part: { type: 'string' }
  }
})
const device = deviceNames.find((name) => name === given.device)
if (!device) throw new Error(`--device ${given.device} is not one of ${deviceNames.join(', ')}.`)

const options: PartOptions = {
  device,
  threads: Number(given.threads),
  quick: given.quick
}

if (given.part === undefined) await main(device)
else {
  const rows = await runPart(given.part, options)
  process.send?.(rows, () => process.exit(0))
}

async function main(device: DeviceName): Promise<void> {
  const start = performance.now()
  const limit = 1000 * Number(given.seconds ?? (given.quick ? 90 : 225))
  const left = () => limit - (performance.now() - start)
  const graphics = spawnSync('nvidia-smi', ['-L'], { encoding: 'utf8' }).stdout?.trim()
  say(`${devices[device].title} on ${thisPlatform}, Node ${process.version}`)
  say(`${cpus().length} × ${cpus()[0]?.model}, load ${loadavg()[0]?.toFixed(1)}`)
  say(graphics ? `nvidia-smi: ${graphics}` : 'nvidia-smi is not here.')
  const rows: Row[] = []
  for (const part of partNames) {
    if (!part.includes(given.only) && part !== 'probe') continue
    if (left() < 8000) {
      say(`\n${part}: left out, the time is up.`)
      continue
    }
    say(`\n${part}, after ${Math.round((performance.now() - start) / 1000)} s`)
    const outcome = await inProcess(part, Math.min(left(), given.quick ? 40_000 : 75_000))
    rows.push(...outcome.rows)
    if (outcome.failure) say(`FAILED: ${part} ${outcome.failure}`)
    if (part === 'probe' && outcome.failure) break
  }
  if (rows.length > 0) say(`\n${timesTable(rows)}`)
  say(`\n${Math.round((performance.now() - start) / 1000)} s in all.`)
}

/** Runs a part in a process of its own, which says what it finds as it goes. */
function inProcess(part: string, milliseconds: number): Promise<{ rows: Row[]; failure?: string }> {
  return new Promise((resolve) => {
    const child = fork(import.meta.filename, [...process.argv.slice(2), '--part', part], {
      env: { ...process.env, ...(given.software && softwareGpu()) }
    })
    let rows: Row[] = []
    let isLate = false
    const timer = setTimeout(() => {
      isLate = true
      child.kill('SIGKILL')
    }, milliseconds)
    child.on('message', (message) => (rows = message as Row[]))
    child.on('exit', (code, signal) => {
      clearTimeout(timer)
      const why = isLate
        ? `took more than ${Math.round(milliseconds / 1000)} s`
        : signal
          ? `was ended by ${signal}`
          : `ended with status ${code}`
      resolve(code === 0 ? { rows } : { rows, failure: `${why}.` })
    })
  })
}

function timesTable(rows: readonly Row[]): string {
  const head = ['step', 'how', 'steps/s', 'ms', 'times the CPU']
  const cpu = new Map(rows.filter(({ how }) => how === 'CPU').map(({ step, ms }) => [step, ms]))
  const lines = rows.map(({ step, how, ms }) => {
    const ratio = cpu.get(step) === undefined ? '' : (cpu.get(step)! / ms).toFixed(2)
    return [step, how, (1000 / ms).toFixed(1), ms.toFixed(2), ratio]
  })
  return table([head, ...lines], [0, 1])
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
