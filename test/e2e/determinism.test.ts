import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { patient, useCommandLine } from '../support/command-line.ts'
import { plantedColumns, plantedCsv, quickTraining } from '../support/planted.ts'

const cli = useCommandLine({ from: 'built' })

/** A document without the times that it took. */
const withoutTimes = (json: string): string =>
  json.replace(/"(seconds|peakBytes)": [\d.e-]+/g, '"$1": 0')

async function story(project: string, threads: string): Promise<Record<string, string>> {
  const spread = ['--threads', threads, '--json']
  await cli.say('init', project, '--data', 'films.csv', ...plantedColumns)
  const base = await cli.say('train', project, ...quickTraining, ...spread)
  const mistakes = await cli.say('mistakes', project, '--json')
  const [{ example }] = JSON.parse(mistakes) as [{ example: number }]
  const about = ['--example', String(example)]
  const explanation = await cli.say('explain', project, ...about, ...spread)
  const pad = ['--action', 'pad', '--k', '6', '--rounds', '3', '--control']
  const fix = await cli.say('fix', project, ...about, ...pad, ...spread)
  const scores = cli.at(`${project}/scores.csv`)
  await cli.say('explain', project, ...about, '--method', 'tracin-last', '--scores', scores)
  return { base, mistakes, explanation, fix, scores: readFileSync(scores, 'utf8') }
}

it(
  'gives the same to the bit in two folders, with one thread and with two',
  async () => {
    cli.write('films.csv', plantedCsv())
    const first = await story('first', '1')
    const second = await story('second', '2')
    for (const [stage, document] of Object.entries(first)) {
      expect(withoutTimes(second[stage]!), stage).toBe(withoutTimes(document))
    }
    expect(first['fix']).toMatch(/"seconds": [1-9\d.]+/)
  },
  patient
)
