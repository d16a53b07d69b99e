import {
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { initProject } from '../../src-main/pipeline/init.ts'
import { openTrained, openWorkspace } from '../../src-main/pipeline/workspace.ts'
import { plantedCsv } from '../support/planted.ts'

let parent: string
let folder: string

/** Files in the project that this process has open. */
function openFiles(): string[] {
  const handles = readdirSync('/proc/self/fd').flatMap((handle) => {
    try {
      return [readlinkSync(join('/proc/self/fd', handle))]
    } catch {
      // The one that lists them has gone.
      return []
    }
  })
  return handles.filter((path) => path.startsWith(parent))
}

function changeSettings(change: (text: string) => string): void {
  const path = join(folder, 'project.json')
  writeFileSync(path, change(readFileSync(path, 'utf8')))
}

describe.skipIf(process.platform !== 'linux')('a project that cannot be opened', () => {
  beforeEach(async () => {
    parent = mkdtempSync(join(tmpdir(), 'erratum-workspace-'))
    folder = join(parent, 'films')
    onTestFinished(() => rmSync(parent, { recursive: true }))
    const data = join(parent, 'films.csv')
    writeFileSync(data, plantedCsv())
    const columns = { text: 'text', label: 'label', split: 'split' }
    await initProject({ folder, data, ...columns, seed: 0, model: 'text-cnn' }, { threads: 1 })
  })

  it('leaves no file open that is not trained', async () => {
    await expect(openTrained(folder)).rejects.toThrow(/has no trained model yet/)
    expect(openFiles()).toEqual([])
  })

  it('leaves no file open whose data are others', async () => {
    changeSettings((text) => text.replace(/("fingerprint": ")./, '$1x'))
    await expect(openWorkspace(folder)).rejects.toThrow(/holds other data/)
    expect(openFiles()).toEqual([])
  })

  it('holds its texts open once it is opened, until they are let go of', async () => {
    const { dataset } = await openWorkspace(folder)
    expect(openFiles()).toHaveLength(1)
    dataset.close()
    expect(openFiles()).toEqual([])
  })
})
