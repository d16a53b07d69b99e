/** Exporting the base model through the router, as a window asks for it. */
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync
} from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { JobResult } from '../../src-preload/contract/jobs.ts'
import { openCheckpoint } from '../../src-main/checkpoints/open.ts'
import { readTensors } from '../../src-main/files/safetensors.ts'
import { lockProject } from '../../src-main/project/lock.ts'
import { router } from '../../src-main/ipc/router.ts'
import type { Service } from '../../src-main/service/service.ts'
import { createService } from '../../src-main/service/service.ts'
import { plantedCsv } from '../support/planted.ts'
import { webShell } from '../support/web-shell.ts'

const golden = join(import.meta.dirname, '../parity/golden/encoders/bert')
const folder = mkdtempSync(join(tmpdir(), 'erratum-model-export-'))
const csv = join(folder, 'films.csv')
let service: Service
let core: ReturnType<typeof router.createCaller>
let encoder: string
let textCnn: string

type NewModel = Parameters<typeof core.projects.create>[0]['model']

const finished = ({ job }: { job: string }) => service.jobs.result(job)

async function projectOf(name: string, model: NewModel): Promise<string> {
  const made = await finished(
    await core.projects.create({
      ...{ file: service.picked.issue(csv).token, testFile: null, heldOutShare: 0.2 },
      ...{ text: 'text', textPair: null, label: 'label', split: 'split', name, seed: 0, model }
    })
  )
  if (made.kind !== 'project') throw new Error('No project was made.')
  return made.project
}

async function train(project: string, seed = 0): Promise<void> {
  const changes = { epochs: 2, maximumLength: 16 }
  await finished(await core.model.train({ project, optimizer: 'adamw', changes, seed }))
}

async function exported(project: string, destination: string | null) {
  const result: JobResult = await finished(await core.model.export({ project, destination }))
  if (result.kind !== 'exported-model') throw new Error(`It led to ${result.kind}.`)
  return result
}

describe('exporting the model', { timeout: 60_000 }, () => {
  beforeAll(async () => {
    writeFileSync(csv, plantedCsv())
    const modelsFolder = join(folder, 'kept')
    cpSync(golden, join(modelsFolder, 'reviews'), { recursive: true })
    service = createService(join(folder, 'data'), webShell, { modelsFolder })
    core = router.createCaller({ service })
    const { offered } = await core.models.list()
    const reviews = offered[0]!.token
    encoder = await projectOf('Encoder', { kind: 'folder', folder: reviews, newHead: true })
    textCnn = await projectOf('TextCNN', { kind: 'preset', name: 'text-cnn' })
  }, 60_000)

  afterAll(async () => {
    await service.close()
    await rm(folder, { recursive: true })
  })

  it('is refused before it is trained, in a sentence', async () => {
    expect(await core.model.info({ project: encoder })).toMatchObject({
      ...{ exportRefusal: null, trained: null }
    })
    await expect(exported(encoder, null)).rejects.toThrow(/has no trained model yet/)
  })

  it('is refused for a model that other programs do not know, with where its checkpoints are', async () => {
    await train(textCnn)
    const { exportRefusal } = await core.model.info({ project: textCnn })
    const { folder: own } = await core.projects.open({ project: textCnn })
    expect(exportRefusal).toContain('text-cnn has no form that transformers loads.')
    expect(exportRefusal).toContain(join(own, 'model'))
    await expect(exported(textCnn, null)).rejects.toThrow(exportRefusal!)
    expect(readdirSync(own)).not.toContain('exports')
  })

  describe('of a trained encoder', () => {
    let own: string

    beforeAll(async () => {
      await train(encoder)
      own = (await core.projects.open({ project: encoder })).folder
    }, 60_000)

    it('writes the last epoch into the exports of the project, and says what it has written', async () => {
      const written = await exported(encoder, null)
      const { trained, modelKey } = await core.model.info({ project: encoder })
      expect(written).toMatchObject({ epoch: 2, accuracy: trained!.epochs[1]!.heldOutAccuracy })
      expect(written.model).toBe(modelKey)
      expect(written.folder).toBe(join(own, 'exports', basename(written.folder)))
      const names = written.files.map(({ name }) => name)
      for (const name of ['config.json', 'model.safetensors', 'tokenizer.json']) {
        expect(names).toContain(name)
      }
      // What lies deeper comes last.
      expect(names.at(-1)).toBe('onnx/model.onnx')
      for (const { name, token, bytes } of written.files) {
        expect(service.picked.path(token)).toBe(join(written.folder, name))
        expect(bytes).toBe(statSync(join(written.folder, name)).size)
      }
      const { tensors, labels } = await openCheckpoint(written.folder)
      const last = await readTensors(join(own, 'model', 'checkpoint-2.safetensors'), '')
      expect(labels).toEqual(['neg', 'pos'])
      expect(tensors['classifier.weight']).toEqual(last.tensors.get('classifier.weight')!.data)
    })

    it('writes the same folder anew, whatever was done to it', async () => {
      const { folder: first } = await exported(encoder, null)
      rmSync(join(first, 'config.json'))
      const again = await exported(encoder, null)
      expect(again.folder).toBe(first)
      expect(again.files.map(({ name }) => name)).toContain('config.json')
      expect(readdirSync(join(own, 'exports'))).toEqual([basename(first)])
    })

    it('leaves the folder as it was when it is cancelled', async () => {
      const { folder: first } = await exported(encoder, null)
      writeFileSync(join(first, 'mine.txt'), 'mine')
      const before = readdirSync(first)
      const started = await core.model.export({ project: encoder, destination: null })
      await core.jobs.cancel(started)
      await expect(finished(started)).rejects.toMatchObject({ code: 'cancelled' })
      expect(readdirSync(first)).toEqual(before)
      expect(readdirSync(join(own, 'exports'))).toEqual([basename(first)])
    })

    it('clears away what killed exports have left, of whatever model, and nothing else', async () => {
      const exports = join(own, 'exports')
      const { folder: first } = await exported(encoder, null)
      const others = ['curated.partial-0123456789ab', 'model-mine', `${basename(first)}.partial-1`]
      const left = [
        'model-0a1b2c3d.partial-0123456789ab',
        `${basename(first)}.partial-fedcba987654`
      ]
      for (const name of [...others, ...left])
        mkdirSync(join(exports, name, 'onnx'), { recursive: true })
      await exported(encoder, null)
      expect(readdirSync(exports)).toEqual([...others, basename(first)].toSorted())
      for (const name of others) rmSync(join(exports, name), { recursive: true })
    })

    it('tells how much of it is written', async () => {
      const told = new Set<string>()
      const stop = new AbortController()
      const watching = (async () => {
        for await (const list of service.jobs.watch(stop.signal))
          told.add(list[0]!.progress?.message ?? '')
      })()
      await exported(encoder, null)
      stop.abort()
      await watching
      expect(told).toContain('Writing the ONNX file')
    })

    it('is refused while another process works on the project', async () => {
      const lock = await lockProject(own)
      await expect(exported(encoder, null)).rejects.toThrow(/is in use by process/)
      lock.release()
    })

    it('makes a folder of its own where the user has picked one, and never writes over it', async () => {
      const picked = join(folder, 'Documents')
      mkdirSync(picked)
      writeFileSync(join(picked, 'mine.txt'), 'mine')
      const { token } = service.picked.issue(picked)
      const written = await exported(encoder, token)
      expect(readdirSync(picked).toSorted()).toEqual(['mine.txt', basename(written.folder)])
      await expect(exported(encoder, token)).rejects.toThrow(
        /could not be written: there are files in it\. Choose another folder/
      )
    })

    it('is known to be of an earlier model once that is trained anew', async () => {
      const { model } = await exported(encoder, null)
      await train(encoder, 1)
      const { modelKey } = await core.model.info({ project: encoder })
      expect(modelKey).not.toBe(model)
      const again = await exported(encoder, null)
      expect(again.model).toBe(modelKey)
      expect(readdirSync(join(own, 'exports'))).toHaveLength(2)
    })
  })
})
