import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, it } from 'vitest'
import { patient, startProgram, useCommandLine } from '../support/command-line.ts'

const cli = useCommandLine()
const checkout = resolve(import.meta.dirname, '../..')
const manifest = JSON.parse(readFileSync(resolve(checkout, 'package.json'), 'utf8')) as {
  version: string
}
/** No network: npx must find the command in the checkout itself. */
const offline = { ...process.env, npm_config_offline: 'true', npm_config_update_notifier: 'false' }
const npx = (cwd: string, ...args: string[]) =>
  startProgram('npx', args, { cwd, env: offline }).ended

it(
  'tells its version and what it can do from any working directory',
  async () => {
    expect(await cli.say('--version')).toBe(`${manifest.version}\n`)
    const help = await cli.say('--help')
    for (const command of [
      ...[
        'demo',
        'init',
        'train',
        'mistakes',
        'explain',
        'fix',
        'curve',
        'export',
        'apply',
        'repair'
      ]
    ]) {
      expect(help).toMatch(new RegExp(`^  ${command} `, 'm'))
    }
    expect(await cli.say('fix', '--help')).toContain('Usage: erratum fix')
  },
  patient
)

it(
  'runs by npx in the checkout, without network',
  async () => {
    expect(await npx(resolve(checkout, 'src-main/commands'), 'erratum', '--version')).toMatchObject(
      {
        status: 0,
        stdout: `${manifest.version}\n`
      }
    )
  },
  patient
)

it(
  'runs by npx from elsewhere with the path of the checkout, in the folder where it is called',
  async () => {
    cli.write('rows.csv', 'text,label\na,x\nb,y\nc,x\nd,y\n')
    const init = ['init', 'here', '--data', 'rows.csv', '--text', 'text', '--label', 'label']
    const ended = await npx(cli.at('.'), '--prefix', checkout, 'erratum', ...init)
    expect(ended.status, ended.stderr).toBe(0)
    expect(await cli.refused(2, 'mistakes', 'here')).toMatch(/Run erratum train here first/)
  },
  patient
)
