import { existsSync, readFileSync, readdirSync, rmSync, truncateSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import type { BaseRecord } from '../../src-main/training/base-record.ts'
import type { FixReport } from '../../src-main/retrain/fix-report.ts'
import type { Running } from '../support/command-line.ts'
import { patient, until, useCommandLine } from '../support/command-line.ts'
import { plantedColumns, plantedCsv, quickTraining } from '../support/planted.ts'

const cli = useCommandLine({ from: 'built' })
const init = ['--data', 'films.csv', ...plantedColumns]
const fix = ['--action', 'remove', '--k', '5', '--rounds', '4', '--control', '--threads', '1']

const journal = (project: string): string =>
  existsSync(cli.at(`${project}/rounds.jsonl`))
    ? readFileSync(cli.at(`${project}/rounds.jsonl`), 'utf8')
    : ''
const keysIn = (text: string): string[] => text.match(/(?<="key":")[0-9a-f]+(?=")/g) ?? []
/** Everything in a folder that only lives while a process works. */
const unfinished = (folder: string): string[] =>
  readdirSync(cli.at(folder), { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.lock|\.tmp$|\.partial-|unfinished/.test(name)
  )
const withoutTimes = ({ seconds, ...report }: { seconds: number }): unknown => ({
  ...report,
  seconds: !!seconds,
  peakBytes: 0
})

/** Kills a process that nothing can stop from dying, and waits until it is gone. */
async function killed({ child, ended }: Running): Promise<void> {
  child.kill('SIGKILL')
  expect((await ended).status).toBeNull()
}

describe('a project', { timeout: patient }, () => {
  let example: string

  beforeAll(async () => {
    cli.write('films.csv', plantedCsv())
    await cli.say('init', 'template', ...init)
    await cli.say('train', 'template', ...quickTraining)
    const [first] = await cli.json<{ example: number }[]>('mistakes', 'template')
    example = String(first!.example)
  }, patient)

  const startFix = (project: string) => cli.start('fix', project, '--example', example, ...fix)
  const endFix = (project: string) =>
    cli.json<FixReport>('fix', project, '--example', example, ...fix)

  it('goes on after a kill in the middle of its rounds, and ends as an undisturbed one', async () => {
    cli.copy('template', 'undisturbed')
    cli.copy('template', 'disturbed')
    const expected = await endFix('undisturbed')

    const first = startFix('disturbed')
    await until('four rounds', () => keysIn(journal('disturbed')).length >= 4)
    await killed(first)
    const before = journal('disturbed')
    expect(keysIn(before).length).toBeLessThan(12)

    expect(withoutTimes(await endFix('disturbed'))).toEqual(withoutTimes(expected))
    const whole = before.slice(0, before.lastIndexOf('\n') + 1)
    expect(journal('disturbed').startsWith(whole)).toBe(true)
    const keys = keysIn(journal('disturbed'))
    expect(keys).toHaveLength(12)
    expect(new Set(keys).size).toBe(12)
    expect(new Set(keys)).toEqual(new Set(keysIn(journal('undisturbed'))))
    expect(unfinished('disturbed')).toEqual([])
  })

  it('keeps finished rounds on Ctrl-C, and leaves neither lock nor unfinished files', async () => {
    cli.copy('template', 'cancelled')
    const { child, ended } = startFix('cancelled')
    await until('two rounds', () => keysIn(journal('cancelled')).length >= 2)
    const start = performance.now()
    child.kill('SIGINT')
    const { status, stdout, stderr } = await ended
    expect({ status, stdout }).toEqual({ status: 130, stdout: '' })
    expect(performance.now() - start).toBeLessThan(10_000)
    expect(stderr).toMatch(
      /^Cancelled\. Finished rounds are kept; the same command goes on from there\.$/m
    )
    expect(unfinished('cancelled')).toEqual([])
    expect(keysIn(journal('cancelled')).length).toBeGreaterThanOrEqual(2)
    // A process that is cancelled hands over what it has; nothing is done twice afterwards.
    await endFix('cancelled')
    expect(new Set(keysIn(journal('cancelled'))).size).toBe(12)
    expect(keysIn(journal('cancelled'))).toHaveLength(12)
  })

  it('is for one process at a time, while others may read', async () => {
    cli.copy('template', 'shared')
    const about = ['--example', example]
    await cli.say('fix', 'shared', ...about, '--action', 'remove', '--k', '2', '--rounds', '1')
    const first = startFix('shared')
    await until('a round of the other process', () => keysIn(journal('shared')).length >= 3)
    first.child.kill('SIGSTOP')
    const pid = String(first.child.pid)
    const refusal = new RegExp(`shared is in use by process ${pid} since .*Wait until it is done`)
    expect(await cli.refused(1, 'fix', 'shared', ...about, ...fix)).toMatch(refusal)
    expect(await cli.refused(1, 'train', 'shared')).toMatch(refusal)
    expect(await cli.refused(1, 'repair', 'shared')).toMatch(refusal)
    const [{ example: listed }] = (await cli.json('mistakes', 'shared')) as [{ example: number }]
    expect(String(listed)).toBe(example)
    expect(await cli.json('explain', 'shared', ...about)).toMatchObject({ example: listed })
    await killed(first)
  })

  it('computes a round again whose file is gone or damaged', async () => {
    cli.copy('template', 'without-file')
    const few = ['--action', 'remove', '--k', '2', '--rounds', '2', '--threads', '1']
    const again = () => cli.json<FixReport>('fix', 'without-file', '--example', example, ...few)
    const expected = await again()
    const [first, second] = keysIn(journal('without-file'))
    rmSync(cli.at(`without-file/rounds/${first}.safetensors`))
    truncateSync(cli.at(`without-file/rounds/${second}.safetensors`), 100)
    expect(withoutTimes(await again())).toEqual(withoutTimes(expected))
    expect(keysIn(journal('without-file')).toSorted()).toEqual(
      [...keysIn(journal('without-file')).slice(0, 4), first!, second!].toSorted()
    )
  })
})

describe('a training', { timeout: patient }, () => {
  const long = ['--epochs', '200', '--max-length', '16']
  const inTheMiddle = (project: string) =>
    until('a checkpoint', () =>
      existsSync(cli.at(`${project}/model.unfinished/checkpoint-2.safetensors`))
    )

  const fewer = ['--epochs', '40', '--max-length', '16']
  const finish = async (project: string) =>
    withoutTimes(await cli.json<BaseRecord>('train', project, ...fewer))

  it('that was killed goes on after its last epoch, to the same model', async () => {
    cli.write('films.csv', plantedCsv())
    await cli.say('init', 'whole', ...init)
    cli.copy('whole', 'killed')
    const first = cli.start('train', 'killed', ...fewer)
    await inTheMiddle('killed')
    await killed(first)
    expect(await cli.refused(2, 'mistakes', 'killed')).toMatch(/no trained model yet\. Run erratum/)
    expect(await finish('killed')).toEqual(await finish('whole'))
    expect(await cli.json('mistakes', 'killed')).toEqual(await cli.json('mistakes', 'whole'))
    expect(unfinished('killed')).toEqual([])
    expect(readdirSync(cli.at('killed/model')).toSorted()).toEqual(
      readdirSync(cli.at('whole/model')).toSorted()
    )
  })

  it('starts anew where the settings differ, or a file of it is damaged', async () => {
    await cli.say('init', 'other', ...init)
    const first = cli.start('train', 'other', ...long)
    await inTheMiddle('other')
    await killed(first)
    const base = await cli.json<BaseRecord>('train', 'other', ...quickTraining)
    expect(base.epochs).toHaveLength(4)
    expect(unfinished('other')).toEqual([])

    await cli.say('init', 'damaged', ...init)
    const second = cli.start('train', 'damaged', ...fewer)
    await inTheMiddle('damaged')
    await killed(second)
    for (const name of readdirSync(cli.at('damaged/model.unfinished'))) {
      if (name.startsWith('optimizer')) truncateSync(cli.at(`damaged/model.unfinished/${name}`), 99)
    }
    expect(await finish('damaged')).toEqual(await finish('whole'))
  })

  it('that is cancelled leaves the model from before as it was, and goes on', async () => {
    cli.copy('whole', 'kept')
    const before = await cli.json('mistakes', 'kept')
    const { child, ended } = cli.start('train', 'kept', ...long)
    await inTheMiddle('kept')
    child.kill('SIGINT')
    const { status, stderr } = await ended
    expect(status).toBe(130)
    expect(stderr).toMatch(/^Cancelled\. Epochs that had ended are kept;/m)
    expect(await cli.json('mistakes', 'kept')).toEqual(before)
    const { epochs } = JSON.parse(
      readFileSync(cli.at('kept/model.unfinished/training.json'), 'utf8')
    ) as { epochs: unknown[] }
    expect(epochs.length).toBeGreaterThanOrEqual(2)
  })
})

describe('an init', { timeout: patient }, () => {
  const slow = ['--data', 'large.csv', ...plantedColumns]
  const rows = 120_000

  beforeAll(() => {
    cli.write('films.csv', plantedCsv())
    const lines = Array.from(
      { length: rows },
      (_, i) => `${i},night ${i},${i % 2},${i % 3 ? 'train' : 'test'}\n`
    )
    cli.write('large.csv', `id,text,label,split\n${lines.join('')}`)
  })

  const inTheMiddle = (project: string) =>
    until(
      'a copy of the data',
      () =>
        existsSync(cli.at(project)) &&
        readdirSync(cli.at(project)).some((name) => name.startsWith('data.partial-'))
    )

  it('that was killed does not make the folder count as full', async () => {
    const first = cli.start('init', 'half', ...slow)
    await inTheMiddle('half')
    await killed(first)
    expect(unfinished('half').length).toBeGreaterThan(0)
    expect(await cli.refused(2, 'train', 'half')).toMatch(/is not an Erratum project/)
    await cli.say('init', 'half', ...init)
    expect(readdirSync(cli.at('half')).toSorted()).toEqual(['data', 'project.json'])
    expect(unfinished('half')).toEqual([])
  })

  it('that is cancelled leaves no folder', async () => {
    const { child, ended } = cli.start('init', 'deep/down', ...slow)
    await inTheMiddle('deep/down')
    child.kill('SIGINT')
    const { status, stdout, stderr } = await ended
    expect({ status, stdout }).toEqual({ status: 130, stdout: '' })
    expect(stderr).toMatch(/^Cancelled\. No project was made;/)
    expect(existsSync(cli.at('deep'))).toBe(false)
  })

  it('does not disturb another one into the same folder', async () => {
    const first = cli.start('init', 'wanted', ...slow)
    await inTheMiddle('wanted')
    first.child.kill('SIGSTOP')
    expect(await cli.refused(1, 'init', 'wanted', ...init)).toMatch(
      new RegExp(`wanted is in use by process ${first.child.pid} `)
    )
    first.child.kill('SIGCONT')
    expect((await first.ended).status).toBe(0)
    expect(readdirSync(cli.at('wanted')).toSorted()).toEqual(['data', 'project.json'])
    expect(await cli.refused(2, 'init', 'wanted', ...init)).toMatch(/wanted is not empty/)
  })
})
