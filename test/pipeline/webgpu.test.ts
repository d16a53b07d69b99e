/**
 * The main job on WebGPU, on whatever GPU there is: one in software where vitest.config.ts has found
 * it. Skipped with a sentence where there is none.
 */
import { cpSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { probeDevice } from '../../src-main/executors/probe.ts'
import type { Explanation } from '../../src-main/pipeline/explain.ts'
import type { Mistake } from '../../src-main/pipeline/mistakes.ts'
import type { FixReport } from '../../src-main/retrain/fix-report.ts'
import type { BaseRecord } from '../../src-main/training/base-record.ts'
import { useCommandLine } from '../support/command-line.ts'
import { plantedColumns, plantedCsv } from '../support/planted.ts'

const probe = await probeDevice('webgpu')
if (!probe.found) {
  console.warn(
    `SKIPPED: the main job was not tried on WebGPU. ${probe.why} Debian's package chromium brings a ` +
      'GPU in software (apt-get install chromium).'
  )
}

const cli = useCommandLine()
// The fewest rows that teach the planted words, as a GPU in software takes a quarter of a second a step.
const data = plantedCsv({ rows: 120 })
const training = ['--epochs', '3', '--learning-rate', '0.01', '--max-length', '16']

/**
 * Sums in another order differ by a few 2⁻²⁴ of them, and the dozen steps of a training make more of
 * it: 7e-7 was seen. Ten times that is left to GPUs that multiply and add in one rounding.
 */
const tolerance = 1e-5

/** Everything from training to proof on a device, in a project of its own. */
async function mainJob(device: string) {
  cpSync(cli.at('new'), cli.at(device), { recursive: true })
  const on = [device, '--device', device]
  const base = await cli.json<BaseRecord>('train', ...on, ...training)
  const mistakes = await cli.json<Mistake[]>('mistakes', device)
  const { example } = mistakes.find(({ text }) => text.includes('zany'))!
  const about = ['--example', String(example)]
  const explanation = await cli.json<Explanation>('explain', ...on, ...about, '--top', '10')
  const fix = await cli.json<FixReport>(
    ...['fix', ...on, ...about, '--action', 'remove', '--k', '12', '--rounds', '2']
  )
  return { base, mistakes, example, explanation, fix }
}

describe.skipIf(!probe.found)('the main job on WebGPU', { timeout: 400_000 }, () => {
  let cpu: Awaited<ReturnType<typeof mainJob>>
  let gpu: typeof cpu

  beforeAll(async () => {
    cli.write('films.csv', data)
    await cli.say('init', 'new', '--data', 'films.csv', ...plantedColumns)
    cpu = await mainJob('cpu')
    gpu = await mainJob('webgpu')
  }, 400_000)

  test('is computed there, from the training to the last round', () => {
    expect(gpu.base.devices).toEqual(['webgpu'])
    expect(gpu.fix.devices).toEqual(['webgpu'])
    expect(cpu.base.devices).toEqual(['cpu'])
  })

  test('trains to the same losses', () => {
    gpu.base.epochs.forEach(({ loss, heldOutAccuracy }, n) => {
      const expected = cpu.base.epochs[n]!
      expect(Math.abs(loss / expected.loss - 1)).toBeLessThan(tolerance)
      expect(heldOutAccuracy).toBe(expected.heldOutAccuracy)
    })
  })

  test('finds the same mistake, and the same rows behind it', () => {
    expect(gpu.example).toBe(cpu.example)
    const { opponents } = gpu.explanation
    expect(opponents.map(({ row }) => row)).toEqual(cpu.explanation.opponents.map(({ row }) => row))
    opponents.forEach(({ influence }, n) => {
      const expected = cpu.explanation.opponents[n]!.influence
      expect(Math.abs(influence / expected - 1)).toBeLessThan(tolerance)
    })
  })

  test.each(['baseline', 'edited'] as const)('proves the same: the rounds of %s', (arm) => {
    gpu.fix[arm].byRound.forEach((round, n) => {
      const expected = cpu.fix[arm].byRound[n]!
      expect(Math.abs(round.trueProbability - expected.trueProbability)).toBeLessThan(tolerance)
      expect(round.fixed).toBe(expected.fixed)
      expect(round.accuracy).toBe(expected.accuracy)
    })
  })
})
