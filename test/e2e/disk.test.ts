/** A full disk and a read-only one, where the system lets a test have such disks. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { patient, useCommandLine } from '../support/command-line.ts'
import { plantedColumns, plantedProject, quickTraining } from '../support/planted.ts'

const canMount = ((): boolean => {
  const folder = mkdtempSync(join(tmpdir(), 'erratum-mount-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'none', folder], { stdio: 'ignore' })
    execFileSync('umount', [folder])
    return true
  } catch {
    return false
  } finally {
    rmSync(folder, { recursive: true })
  }
})()
if (!canMount) console.warn('SKIPPED: no right to mount, so nothing is tried on a full disk.')

const cli = useCommandLine({ from: 'built' })
const mounted: string[] = []

function disk(name: string, options: string): void {
  mkdirSync(cli.at(name))
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'none', cli.at(name)])
  mounted.push(cli.at(name))
}

const fill = (name: string) =>
  execFileSync('sh', ['-c', `cat /dev/zero > ${cli.at(name)}/ballast 2>/dev/null || true`])

describe.skipIf(!canMount)('a disk', { timeout: patient }, () => {
  let example: string

  beforeAll(async () => {
    example = await plantedProject(cli)
  }, patient)
  afterAll(() => {
    for (const path of mounted) execFileSync('umount', [path])
  })

  it('that is full stops each command with the reason, and harms nothing', async () => {
    disk('tiny', 'size=4m')
    cli.copy('project', 'tiny/project')
    mkdirSync(cli.at('tiny/new'))
    fill('tiny')
    const full = /could not be written: the disk is full\. Free some space/
    const about = ['--example', example]
    const init = ['init', 'tiny/new', '--data', 'films.csv', ...plantedColumns]
    const fix = ['fix', 'tiny/project', ...about, '--action', 'remove', '--k', '2']
    expect(await cli.refused(1, ...init)).toMatch(full)
    expect(readdirSync(cli.at('tiny/new'))).toEqual([])
    expect(await cli.refused(1, 'train', 'tiny/project', ...quickTraining)).toMatch(full)
    expect(await cli.refused(1, 'explain', 'tiny/project', ...about)).toMatch(full)
    expect(await cli.refused(1, ...fix)).toMatch(full)
    expect(readdirSync(cli.at('tiny/project')).toSorted()).toEqual([
      'data',
      'model',
      'project.json'
    ])
    await cli.say('mistakes', 'tiny/project')

    execFileSync('rm', [cli.at('tiny/ballast')])
    const report = await cli.json(...fix, '--rounds', '1')
    expect(report).toMatchObject({ example: Number(example), k: 2 })
  })

  it('that fills up in the middle of a training keeps the model from before', async () => {
    disk('small', 'size=1100k')
    await cli.say('init', 'small/project', '--data', 'films.csv', ...plantedColumns)
    await cli.say('train', 'small/project', ...quickTraining)
    const before = await cli.json('mistakes', 'small/project')
    expect(await cli.refused(1, 'train', 'small/project', '--epochs', '60')).toMatch(
      /the disk is full/
    )
    expect(existsSync(cli.at('small/project/model.unfinished'))).toBe(false)
    expect(await cli.json('mistakes', 'small/project')).toEqual(before)
  })

  it('that is read-only can be read, and refuses to be written', async () => {
    disk('fixed', 'size=20m')
    cli.copy('project', 'fixed/project')
    await cli.say('explain', 'fixed/project', '--example', example)
    execFileSync('mount', ['-o', 'remount,ro', cli.at('fixed')])
    const about = ['--example', example]
    const readOnly = /could not be written: the disk is read-only\. Choose a folder/
    await cli.say('mistakes', 'fixed/project')
    await cli.say('explain', 'fixed/project', ...about)
    expect(await cli.refused(1, 'train', 'fixed/project')).toMatch(readOnly)
    expect(
      await cli.refused(1, 'init', 'fixed/new', '--data', 'films.csv', ...plantedColumns)
    ).toMatch(readOnly)
  })
})
