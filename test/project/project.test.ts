import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createProject, openProject, saveProject } from '../../src-main/project/project.ts'
import type { ProjectSettings } from '../../src-main/project/settings.ts'

const settings: ProjectSettings = {
  version: 1,
  writtenBy: '0.1.0',
  name: 'reviews',
  createdAt: '2026-11-22T20:00:00.000Z',
  data: {
    file: '/data/reviews.csv',
    testFile: null,
    text: 'text',
    textPair: null,
    label: 'label',
    split: null,
    seed: 1
  },
  model: { name: 'text-cnn', checkpoint: null, sizes: { embedding: 128 } },
  training: { epochs: 3 },
  fingerprint: 'ab12'
}

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'erratum-project-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function writeProjectFile(content: object | string): void {
  const text = typeof content === 'string' ? content : JSON.stringify(content)
  writeFileSync(join(folder, 'project.json'), text)
}

describe('createProject', () => {
  it('makes a folder that openProject reads back, and saveProject changes', async () => {
    const made = await createProject(join(folder, 'new/project'), settings)
    expect(await openProject(made.folder)).toEqual(made)
    await saveProject({ ...made, settings: { ...settings, name: 'other' } })
    expect((await openProject(made.folder)).settings.name).toBe('other')
  })

  it('refuses a folder that is a project', async () => {
    await createProject(folder, settings)
    await expect(createProject(folder, settings)).rejects.toMatchObject({
      code: 'bad-project',
      message: expect.stringMatching(/is a project already/)
    })
  })
})

describe('openProject', () => {
  it('says how to make a project where there is none', async () => {
    await expect(openProject(folder)).rejects.toMatchObject({
      code: 'bad-project',
      message: expect.stringMatching(/no project\.json\. Make one with: erratum init/)
    })
    await expect(openProject(join(folder, 'missing'))).rejects.toThrow(/erratum init/)
  })

  it('says which version wrote a newer project, whatever else is in it', async () => {
    writeProjectFile({ version: 3, writtenBy: '2.5.0', anything: [] })
    await expect(openProject(folder)).rejects.toMatchObject({
      code: 'bad-project',
      message: expect.stringMatching(/by Erratum 2\.5\.0 \(project format 3\).*Update Erratum/)
    })
  })

  it.each([
    ['cut off', JSON.stringify(settings).slice(0, 50), /project\.json is damaged \(.*JSON/],
    ['empty', '', /project\.json is damaged/],
    ['no object', '[]', /project\.json is damaged \(the whole file: /],
    ['a field of another type', { ...settings, name: 5 }, /damaged \(name: .*string/],
    [
      'a field missing',
      { ...settings, data: { ...settings.data, label: undefined } },
      /data\.label/
    ]
  ])('names the file and the place of the damage: %s', async (_case, content, message) => {
    writeProjectFile(content)
    await expect(openProject(folder)).rejects.toMatchObject({
      code: 'damaged-file',
      message: expect.stringMatching(message)
    })
    expect(readFileSync(join(folder, 'project.json'))).toBeDefined()
  })
})
