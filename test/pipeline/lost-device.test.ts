/** A device that is lost in the middle of a job costs nothing but time. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DeviceUse } from '../../src-main/executors/devices.ts'
import { exampleOf } from '../../src-main/pipeline/example.ts'
import { explain } from '../../src-main/pipeline/explain.ts'
import { tryFix } from '../../src-main/pipeline/fix.ts'
import { initProject } from '../../src-main/pipeline/init.ts'
import type { DeviceChooser, Job } from '../../src-main/pipeline/job.ts'
import { onDevice } from '../../src-main/pipeline/job.ts'
import { listMistakes } from '../../src-main/pipeline/mistakes.ts'
import { knownBaselineOn } from '../../src-main/pipeline/rounds.ts'
import type { SavedFix } from '../../src-main/pipeline/saved-fixes.ts'
import { trainBase } from '../../src-main/pipeline/train.ts'
import type { TypicalStep } from '../../src-main/pipeline/typical-step.ts'
import { openTrained } from '../../src-main/pipeline/workspace.ts'
import { withoutCosts } from '../../src-main/training/base-record.ts'
import { plantedCsv } from '../support/planted.ts'

const folder = mkdtempSync(join(tmpdir(), 'erratum-lost-'))
const cpu: Job = { threads: 2 }
const lost = 'The GPU (WebGPU) failed: device lost. The rest was computed on the CPU.'
const crashed =
  'The GPU (WebGPU) failed: A worker process ended in the middle of its task (SIGKILL). ' +
  'The rest was computed on the CPU.'

/** A job on a GPU that is lost at a call of its worker, what it notes, and the uses that have failed. */
function losing(
  call: number,
  by: 'error' | 'crash' = 'error',
  atOnce = 1
): { job: Job; notes: string[]; failed: DeviceUse[] } {
  const [notes, failed]: [string[], DeviceUse[]] = [[], []]
  process.env['LOST_AT_CALL'] = String(call)
  process.env['LOST_BY'] = by
  const worker = new URL('losing-worker.ts', import.meta.url)
  const job = { threads: 2, worker, onNote: (note: string) => void notes.push(note) }
  const use = { device: 'webgpu', atOnce } as const
  const chooser: DeviceChooser = {
    choose: () => Promise.resolve(use),
    failed: (lost) => void failed.push(lost)
  }
  return { job: onDevice(job, chooser), notes, failed }
}

/** The project as it is after a stage, to be worked in. */
function copy(name: string, after: 'new' | 'trained' | 'explained' = 'explained'): string {
  cpSync(join(folder, after), join(folder, name), { recursive: true })
  return join(folder, name)
}

async function train(project: string, job: Job) {
  const changes = { epochs: 3, learningRate: 0.01, maximumLength: 16 }
  return trainBase({ folder: project, changes, seed: 0 }, job)
}

async function explainIn(project: string, job: Job) {
  const workspace = await openTrained(project)
  const [mistake] = await listMistakes(workspace)
  const example = exampleOf(workspace, mistake!.example)
  const { scores } = await explain(workspace, example, { method: 'tracin-we-adam', top: 1 }, job)
  workspace.dataset.close()
  return scores
}

async function fixIn(project: string, job: Job): Promise<SavedFix> {
  const workspace = await openTrained(project)
  const [mistake] = await listMistakes(workspace)
  const edits = { action: 'remove', k: 6 } as const
  const options = { example: mistake!.example, method: 'tracin-we-adam', edits } as const
  const fix = await tryFix(workspace, { ...options, rounds: 3, control: true }, job)
  workspace.dataset.close()
  return fix
}

/** Rounds that were computed in a project. */
function roundsIn(project: string): number {
  return readFileSync(join(project, 'rounds.jsonl'), 'utf8').trim().split('\n').length
}

/** Rounds without an edit that a fix on each device would not compute again. */
async function baselinesIn(project: string) {
  const workspace = await openTrained(project)
  const webgpu = await knownBaselineOn('webgpu', workspace)
  const cpu = await knownBaselineOn('cpu', workspace)
  workspace.dataset.close()
  return { webgpu: webgpu.length, cpu: cpu.length }
}

/** A fix without what it took, and where. */
function resultOf({ report }: SavedFix) {
  return { ...report, seconds: 0, devices: [] }
}

describe('a device, lost', { timeout: 120_000 }, () => {
  let scores: Float64Array | readonly number[]
  let onCpu: SavedFix

  beforeAll(async () => {
    const data = join(folder, 'films.csv')
    writeFileSync(data, plantedCsv({ rows: 120 }))
    const columns = { text: 'text', label: 'label', split: 'split' }
    const init = { folder: join(folder, 'new'), data, ...columns, seed: 0, model: 'text-cnn' }
    await initProject(init, cpu)
    await train(copy('trained', 'new'), cpu)
    scores = await explainIn(copy('explained', 'trained'), cpu)
    onCpu = await fixIn(copy('fixed'), cpu)
  })

  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  // One call compiles, an epoch has 4 steps, and then the held-out rows are predicted.
  test.each([1, 3, 8])('at call %i of a training, which ends as on the CPU', async (call) => {
    const project = copy(`training-${call}`, 'new')
    const { job, notes } = losing(call)
    const base = await train(project, job)
    const { base: expected } = await openTrained(join(folder, 'trained'))
    expect(withoutCosts(base)).toEqual(withoutCosts(expected))
    expect(base.devices).toEqual(['webgpu', 'cpu'])
    expect(expected.devices).toEqual(['cpu'])
    expect(notes).toEqual([lost])
  })

  test.each([
    [1, ['cpu']],
    // In the middle of the second epoch: the first stays.
    [12, ['webgpu', 'cpu']]
  ])('with its process at call %i of a training, which ends as on the CPU', async (call, on) => {
    const project = copy(`crashing-${call}`, 'new')
    const { job, notes } = losing(call, 'crash')
    const base = await train(project, job)
    const { base: expected } = await openTrained(join(folder, 'trained'))
    expect(withoutCosts(base)).toEqual(withoutCosts(expected))
    expect(base.devices).toEqual(on)
    expect(notes).toEqual([crashed])
  })

  test('never: then it computes all of it', async () => {
    const project = copy('training', 'new')
    const { job, notes } = losing(Infinity)
    expect((await train(project, job)).devices).toEqual(['webgpu'])
    expect(notes).toEqual([])
  })

  test.each([
    ['error', lost],
    ['crash', crashed]
  ] as const)('while gradients are extracted, which are those of the CPU: %s', async (by, note) => {
    const { job, notes } = losing(3, by)
    expect(await explainIn(copy(`explaining-${by}`, 'trained'), job)).toEqual(scores)
    expect(notes).toEqual([note])
  })

  test('in the middle of rounds, all of which are done, and said once', async () => {
    const project = copy('fixing')
    // A round has 12 steps, so the third is under way.
    const { job, notes } = losing(32)
    const fix = await fixIn(project, job)
    expect(resultOf(fix)).toEqual(resultOf(onCpu))
    expect(fix.report.devices).toEqual(['webgpu', 'cpu'])
    expect(notes).toEqual([lost])
    // The rounds without an edit, though none of them is the CPU's, tell how stable a mistake is.
    const workspace = await openTrained(project)
    const [mistake] = await listMistakes(workspace)
    workspace.dataset.close()
    expect(mistake!.baseline?.rounds).toBe(3)
    // It is another proof than that of the CPU.
    expect(fix.id).not.toBe(onCpu.id)
  })

  test('with its process in the middle of rounds: the one under way is the CPU’s', async () => {
    const project = copy('crashing')
    const { job, notes } = losing(32, 'crash')
    const fix = await fixIn(project, job)
    expect(fix.report.devices).toEqual(['webgpu', 'cpu'])
    expect(notes).toEqual([crashed])
    expect(roundsIn(project)).toBe(9)
    // Two rounds were the GPU's.
    expect((await fixIn(project, cpu)).report.devices).toEqual(['cpu'])
    expect(roundsIn(project)).toBe(9 + 2)
  })

  test.each([
    ['error', lost],
    ['crash', crashed]
  ] as const)('while two rounds are computed side by side: %s', async (by, note) => {
    const project = copy(`two-${by}`)
    // Each process has calls of its own, and the second round of each is under way.
    const { job, notes, failed } = losing(20, by, 2)
    const fix = await fixIn(project, job)
    expect(resultOf(fix)).toEqual(resultOf(onCpu))
    expect(fix.report.devices.toSorted()).toEqual(['cpu', 'webgpu'])
    expect(notes).toEqual([note])
    expect(failed).toEqual([{ device: 'webgpu', atOnce: 2 }])
    expect(roundsIn(project)).toBe(9)
  })

  test('never: then as many rounds are computed at once as it says, to the same results', async () => {
    const project = copy('two')
    const { job, notes } = losing(Infinity, 'error', 2)
    const fix = await fixIn(project, job)
    expect(resultOf(fix)).toEqual(resultOf(onCpu))
    expect(fix.report.devices).toEqual(['webgpu'])
    expect(notes).toEqual([])
  })

  test('and the rounds of the CPU after that serve a fix on the CPU', async () => {
    const project = copy('fixing-twice')
    await fixIn(project, losing(32).job)
    expect(roundsIn(project)).toBe(9)
    const fix = await fixIn(project, cpu)
    expect(fix.report.devices).toEqual(['cpu'])
    // Two rounds were the GPU's and one was begun there; the other six were the CPU's already.
    expect(roundsIn(project)).toBe(9 + 3)
  })

  test('and a fix tried again on the device is computed there alone', async () => {
    const project = copy('fixing-again')
    expect((await fixIn(project, losing(32).job)).report.devices).toEqual(['webgpu', 'cpu'])
    expect(await baselinesIn(project)).toEqual({ webgpu: 2, cpu: 0 })
    const again = await fixIn(project, losing(Infinity).job)
    expect(again.report.devices).toEqual(['webgpu'])
    expect(await baselinesIn(project)).toEqual({ webgpu: 3, cpu: 0 })
    // Two rounds were wholly the GPU's.
    expect(roundsIn(project)).toBe(9 + 7)
    // What was computed last under a key is what is found under it.
    expect(await fixIn(project, losing(1).job)).toEqual(again)
    expect(roundsIn(project)).toBe(9 + 7)
  })
})

test('a job whose device has failed asks for the CPU from then on', async () => {
  const { job, notes, failed } = losing(1)
  const work = { step: {} as TypicalStep, sideBySide: true, threads: 2 }
  expect(await job.device!(work)).toEqual({ device: 'webgpu', atOnce: 1 })
  job.onNote!(lost)
  expect(await job.device!(work)).toEqual({ device: 'cpu' })
  expect(notes).toEqual([lost])
  expect(failed).toEqual([{ device: 'webgpu', atOnce: 1 }])
})
