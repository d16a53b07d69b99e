/** Models for new projects, through the router, as a window asks for them. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { deviceNames, isPossible } from '../../src-main/executors/devices.ts'
import { router } from '../../src-main/ipc/router.ts'
import type { Service } from '../../src-main/service/service.ts'
import { createService } from '../../src-main/service/service.ts'
import { plantedCsv } from '../support/planted.ts'
import { webShell } from '../support/web-shell.ts'

const golden = join(import.meta.dirname, '../parity/golden/encoders/bert')
const folder = mkdtempSync(join(tmpdir(), 'erratum-models-'))
const modelsFolder = join(folder, 'kept')
const tinyBert = { kind: 'preset', name: 'bert-tiny' } as const
let service: Service
let core: ReturnType<typeof router.createCaller>

const dataOf = (csv: string) => ({
  ...{ file: service.picked.issue(csv).token, testFile: null, heldOutShare: 0.2 },
  ...{ text: 'text', textPair: null, label: 'label', split: 'split' }
})

/** A data file, with labels of its own. */
function csvOf(labels: readonly string[]): string {
  const path = join(folder, `${labels.join('-')}.csv`)
  writeFileSync(path, plantedCsv({ labels }))
  return path
}

async function folderNamed(name: string): Promise<string> {
  const { offered } = await core.models.list()
  return offered.find((each) => each.name === name)!.token
}

describe('models of new projects', { timeout: 60_000 }, () => {
  beforeAll(() => {
    mkdirSync(modelsFolder)
    cpSync(golden, join(modelsFolder, 'reviews'), { recursive: true })
    cpSync(golden, join(modelsFolder, 'broken'), { recursive: true })
    rmSync(join(modelsFolder, 'broken', 'config.json'))
    writeFileSync(join(modelsFolder, 'notes.txt'), 'no model')
    service = createService(join(folder, 'data'), webShell, { modelsFolder })
    core = router.createCaller({ service })
  })

  afterAll(async () => {
    await service.close()
    await rm(folder, { recursive: true })
  })

  it('offers the encoders with their sizes, and the folders where models are kept', async () => {
    const { encoders, offered, place } = await core.models.list()
    // 8,000 pieces of 128, positions and types, two layers of 198,272, the pooler and two classes.
    expect(encoders).toContainEqual({
      ...{ name: 'bert-tiny', title: 'BERT', layers: 2, width: 128 },
      parameters: 8000 * 128 + 514 * 128 + 256 + 2 * 198_272 + 16_512 + 258
    })
    expect(offered.map(({ name }) => name)).toEqual(['broken', 'reviews'])
    expect(place).toBe(modelsFolder)
  })

  it('says what a folder holds, and whether its classifier is one for the data', async () => {
    const reviews = await folderNamed('reviews')
    const data = dataOf(csvOf(['Negative', 'Positive', 'Neutral']))
    const fitting = await core.models.inspect({ folder: reviews, data })
    expect(fitting).toMatchObject({
      ...{ name: 'reviews', title: 'BERT', layers: 2, width: 16, misfit: null, missing: [] },
      labels: ['negative', 'neutral', 'positive']
    })
    expect(fitting.bytes).toBeGreaterThan(4 * fitting.parameters)
    const other = await core.models.inspect({
      folder: reviews,
      data: dataOf(csvOf(['neg', 'pos']))
    })
    expect(other.misfit).toMatch(
      /reviews: the classifier has the labels .* but the data neg, pos \(2\)\. Start with a new head/
    )
  })

  it('answers for a folder that is none with the sentence of the core', async () => {
    const broken = await folderNamed('broken')
    await expect(core.models.inspect({ folder: broken, data: null })).rejects.toThrow(
      /broken.*config\.json/
    )
    const unknown = '00000000-0000-4000-8000-000000000000'
    await expect(core.models.inspect({ folder: unknown, data: null })).rejects.toThrow(
      'This file is no longer known. Pick it again.'
    )
  })

  it('expects memory and time of an encoder, measured once', async () => {
    const data = dataOf(csvOf(['neg', 'pos']))
    const asked = { model: tinyBert, data }
    const { bytes, freeBytes, secondsAnEpoch, trainingRows } = await core.models.expect(asked)
    expect(trainingRows).toBe(244)
    expect(bytes).toBeGreaterThan(20e6)
    expect(bytes).toBeLessThan(freeBytes)
    expect(secondsAnEpoch).toBeGreaterThan(0)
    const again = createService(service.dataFolder, service.shell)
    const second = router.createCaller({ service: again })
    const { token: file } = again.picked.issue(join(folder, 'neg-pos.csv'))
    const remembered = await second.models.expect({ model: tinyBert, data: { ...data, file } })
    expect(remembered.secondsAnEpoch).toBe(secondsAnEpoch)
    await again.close()
  })

  it('expects memory where the device that was chosen is not here, and no time', async () => {
    const absent = deviceNames.find((name) => !isPossible(name))!
    await core.application.change({ device: absent })
    const data = dataOf(csvOf(['neg', 'pos']))
    const expected = await core.models.expect({ model: tinyBert, data })
    await core.application.change({ device: 'auto' })
    expect(expected.bytes).toBeGreaterThan(20e6)
    expect(expected.secondsAnEpoch).toBeNull()
  })

  it('makes a project of a folder with a new head, which says where it is from', async () => {
    const reviews = await folderNamed('reviews')
    const data = dataOf(csvOf(['neg', 'pos']))
    const wanted = { ...data, seed: 0, name: 'Tuned' }
    const refused = await core.projects.create({
      ...wanted,
      model: { kind: 'folder', folder: reviews, newHead: false }
    })
    await expect(service.jobs.result(refused.job)).rejects.toThrow(/Start with a new head/)
    const { job } = await core.projects.create({
      ...wanted,
      model: { kind: 'folder', folder: reviews, newHead: true }
    })
    const made = await service.jobs.result(job)
    if (made.kind !== 'project') throw new Error('No project was made.')
    const { project } = made
    expect(await core.model.info({ project })).toMatchObject({
      ...{ title: 'BERT', encoder: { layers: 2, width: 16 }, trained: null },
      takenFrom: join(modelsFolder, 'reviews'),
      presets: [{ expectedSeconds: null }, { expectedSeconds: null }]
    })
    const expected = await core.model.expect({ project })
    expect(expected).toMatchObject({ trainingRows: 244, secondsAnEpoch: expect.any(Number) })
    const changes = { epochs: 1, frozenLayers: 1, accumulation: 2, clipNorm: null }
    const trained = await core.model.train({ project, optimizer: 'adamw', changes, seed: 0 })
    await service.jobs.result(trained.job)
    const info = await core.model.info({ project })
    expect(info.trained).toMatchObject({ settings: changes, peakBytes: expect.any(Number) })
    expect(info.parameters).toBeGreaterThan(5000)
  })
})
