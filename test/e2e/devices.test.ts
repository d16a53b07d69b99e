/** What computes: asked for on the command line, or set for the machine. */
import { beforeAll, describe, expect, it } from 'vitest'
import { deviceNames, devices, isPossible } from '../../src-main/executors/devices.ts'
import { patient, useCommandLine } from '../support/command-line.ts'
import { plantedColumns, plantedCsv, quickTraining } from '../support/planted.ts'

// A device that no machine of this kind has.
const absent = deviceNames.find((name) => !isPossible(name))!
const cli = useCommandLine({ device: absent })

describe('the device', { timeout: patient }, () => {
  beforeAll(async () => {
    cli.write('films.csv', plantedCsv({ rows: 60 }))
    await cli.say('init', 'project', '--data', 'films.csv', ...plantedColumns)
  })

  it('that was set for the machine is used, and refused with its reason and what to do', async () => {
    const said = await cli.refused(2, 'train', 'project', ...quickTraining)
    expect(said).toBe(
      `erratum: This machine cannot compute on ${absent}. onnxruntime has no ` +
        `${devices[absent].title} for ${process.platform}-${process.arch}. Give --device cpu or ` +
        '--device auto, or choose another device in the Settings; erratum devices lists what is here.\n'
    )
  })

  it('that is named on the command line goes before it, and is kept with what it computed', async () => {
    const base = await cli.json<{ devices: string[] }>(
      ...['train', 'project', ...quickTraining, '--device', 'cpu']
    )
    expect(base.devices).toEqual(['cpu'])
  })

  it('that nobody knows is refused with those that there are', async () => {
    const said = await cli.refused(2, 'train', 'project', '--device', 'abacus')
    expect(said).toContain(`It must be one of auto, ${deviceNames.join(', ')}.`)
  })

  it('is listed with whether it is here and why not', async () => {
    const listed = await cli.json<{ device: string; found: boolean; remark: string }[]>('devices')
    expect(listed.map(({ device }) => device)).toEqual(deviceNames)
    expect(listed[0]).toMatchObject({ device: 'cpu', found: true })
    for (const { found, remark } of listed) if (!found) expect(remark).toMatch(/\.$/)
    expect(await cli.say('devices')).toContain(`Commands compute on ${absent} unless --device`)
  })
})
