/**
 * The benchmark: `npm run bench`, with `-- --json` for a program, `--only WORDS` for some cases,
 * `--seconds N` for each case and round, `--rounds N`, and `--alone` to leave PyTorch out. Cases of
 * the windows have names that begin with "window"; they need Chromium and `npm run build`. Those of
 * devices begin with "device" and take the CPU's threads from `--threads N`.
 *
 * Rounds of ours and PyTorch's take turns, so that a machine that gets busier or hotter in the
 * meantime is unfair to neither. A time is the median over all runs; PyTorch's is that of its
 * fastest variant, and of that the median over the rounds.
 */
import { availableParallelism, cpus, loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { cases as textCnnCases } from './cases.ts'
import type { Result } from './compare.ts'
import { compare, resultTable } from './compare.ts'
import { deviceCases, deviceTable, measureDevices } from './devices.ts'
import { encoderCases } from './encoder-cases.ts'
import { torchVersion } from './pytorch.ts'
import { figureTable } from './windows/figures.ts'
import { measureWindows, windowCases } from './windows/windows.ts'

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    alone: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    seconds: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '2' },
    threads: { type: 'string', default: String(Math.min(16, availableParallelism())) }
  }
})
const wanted = ({ name }: { name: string }) => name.includes(options.only)
const torch = options.alone ? undefined : torchVersion()
const effort = {
  seconds: Number(options.seconds),
  rounds: Number(options.rounds),
  withPeers: torch !== undefined
}
const results: Result[] = []
for (const given of [...textCnnCases, ...encoderCases].filter(wanted)) {
  process.stderr.write(`${given.name}\n`)
  results.push(await compare(given, effort))
}
const threads = Number(options.threads)
const onDevices = await measureDevices(deviceCases.filter(wanted), {
  seconds: effort.seconds,
  threads
})
const windows = await measureWindows(windowCases.filter(wanted))
const machine = { cores: cpus().length, processor: cpus()[0]?.model, load: loadavg()[0] }
if (options.json) {
  process.stdout.write(
    `${JSON.stringify({ machine, torch, results, devices: onDevices.figures, windows }, null, 2)}\n`
  )
} else {
  const peer = torch
    ? `PyTorch ${torch}, its fastest variant: on one thread, for BERT on two. A ratio below 1 says that we are faster.`
    : options.alone
      ? 'PyTorch was left out.'
      : 'python3 cannot import torch here, so there is nothing to compare with.'
  const parts = [
    ...(results.length > 0 ? [`${resultTable(results)}\n\n${peer}`] : []),
    ...(onDevices.figures.length > 0 ? [deviceTable(onDevices.figures, threads)] : []),
    ...onDevices.notes,
    ...(windows.figures.length > 0 ? [figureTable(windows.figures)] : []),
    ...windows.notes,
    `${machine.cores} × ${machine.processor}, load ${machine.load?.toFixed(1)}.`
  ]
  process.stdout.write(`${parts.join('\n\n')}\n`)
}
