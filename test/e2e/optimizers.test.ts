import { expect, it } from 'vitest'
import type { Explanation } from '../../src-main/pipeline/explain.ts'
import type { BaseRecord } from '../../src-main/training/base-record.ts'
import { trainingPresets } from '../../src-main/training/presets.ts'
import { patient, useCommandLine } from '../support/command-line.ts'
import { plantedColumns, plantedCsv } from '../support/planted.ts'

const cli = useCommandLine({ from: 'built' })

/** The settings that a training ended with, and the method that explains its model. */
async function train(...options: string[]) {
  const { settings } = await cli.json<BaseRecord>('train', 'project', ...options)
  const mistakes = await cli.json<{ example: number }[]>('mistakes', 'project')
  const example = String(mistakes[0]!.example)
  const { method } = await cli.json<Explanation>('explain', 'project', '--example', example)
  return { settings, method }
}

it(
  'an optimizer comes with its own settings and method, and the next replaces all of them',
  async () => {
    cli.write('films.csv', plantedCsv())
    await cli.say('init', 'project', '--data', 'films.csv', ...plantedColumns)
    const { sgd, adamw } = trainingPresets('text-cnn', false)
    expect(await train('--optimizer', 'sgd', '--epochs', '2')).toEqual({
      settings: { ...sgd, epochs: 2 },
      method: 'tracin-we-topk'
    })
    expect(await train('--optimizer', 'adamw')).toEqual({
      settings: adamw,
      method: 'tracin-we-adam'
    })
  },
  patient
)
