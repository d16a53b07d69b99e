/**
 * `npm run setup:gpu -- [cuda] [tfjs] [electron]`: gets what does not come with npm's packages, each
 * from its own source. It says what that is and asks, unless `--yes` is given; `--list` only says.
 */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ErratumError, exitCodeOf } from '../../src-main/errors.ts'
import { root } from '../../src-main/installation.ts'
import type { Part, PartName } from './parts.ts'
import { partFor, partNames, publicSources } from './parts.ts'
import { ProgressLine } from './progress-line.ts'
import { agrees } from './question.ts'
import { describe, get, impossible, shortPath } from './setup.ts'

const usage = `npm run setup:gpu -- [${partNames.join('] [')}] [--yes] [--list] [--downloads FOLDER]`

async function main(): Promise<void> {
  const { values, positionals } = given()
  const surroundings = publicSources(root)
  const unknown = positionals.find((name) => !(partNames as readonly string[]).includes(name))
  if (unknown !== undefined)
    throw new ErratumError('bad-argument', `No part is called ${unknown}. ${usage}`)
  const named = positionals as PartName[]
  const wanted = new Map<PartName, Part>()
  for (const name of named.length > 0 ? named : partNames) {
    const part = partFor(name, surroundings)
    const why = impossible(part, surroundings.system)
    if (why && named.length > 0) throw new ErratumError('bad-argument', why)
    const lines = why ? [why] : await describe(part, values.downloads)
    say(`${name.padEnd(10)}${lines.join('\n          ')}\n`)
    if (!why && !part.isHere()) wanted.set(name, part)
  }
  if (values.list) return
  if (wanted.size === 0) return say('There is nothing to do.')
  say(`Downloads are kept in ${shortPath(values.downloads)}.`)
  if (!values.yes && !(await agreed([...wanted.keys()]))) return say('Nothing was downloaded.')
  for (const [name, part] of wanted) {
    await got(part, values.downloads)
    say(`${name} is in place.`)
  }
  say('npx erratum devices tells what this machine computes on now.')
}

function given() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        list: { type: 'boolean', default: false },
        yes: { type: 'boolean', default: false },
        downloads: { type: 'string', default: join(root, 'out', 'downloads') }
      }
    })
  } catch (error) {
    throw new ErratumError('bad-argument', `${(error as Error).message} ${usage}`)
  }
}

async function agreed(names: readonly PartName[]): Promise<boolean> {
  const what = `Get ${names.join(', ')}?`
  if (!process.stdin.isTTY) {
    throw new ErratumError('bad-argument', `${what} Add --yes to say so where nobody can be asked.`)
  }
  return agrees(what, { input: process.stdin, output: process.stdout })
}

async function got(part: Part, downloads: string): Promise<void> {
  const line = new ProgressLine(process.stdout)
  try {
    await get(part, { downloads, onProgress: (...far) => line.tell(...far) })
  } finally {
    line.end()
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

try {
  await main()
} catch (error) {
  if (!(error instanceof ErratumError)) throw error
  process.stderr.write(`setup:gpu: ${error.message}\n`)
  process.exitCode = exitCodeOf(error)
}
