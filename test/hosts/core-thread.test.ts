import { mkdtempSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { startCore } from '../../src-main/hosts/core-thread.ts'
import { webShell } from '../support/web-shell.ts'

const folder = mkdtempSync(join(tmpdir(), 'erratum-core-'))
afterAll(() => rm(folder, { recursive: true }))

const start = (dataFolder: string, folders: string[] = []) =>
  startCore({
    dataFolder,
    folders,
    shell: webShell
  })

describe('the core’s thread', () => {
  it('issues tokens for paths that there are, and gives the paths of those only', async () => {
    const core = await start(join(folder, 'data'))
    const path = join(folder, 'films.csv')
    writeFileSync(path, 'text,label')
    const { token, name, bytes } = await core.issue(path)
    expect({ name, bytes }).toEqual({ name: 'films.csv', bytes: 10 })
    expect(await core.path(token)).toBe(path)
    await expect(core.path(path)).rejects.toMatchObject({ code: 'bad-argument' })
    await expect(core.issue(join(folder, 'gone'))).rejects.toMatchObject({ code: 'bad-data' })
    await core.stop()
  })

  it('that cannot start says why', async () => {
    const file = join(folder, 'file')
    writeFileSync(file, '')
    await expect(start(file, [folder])).rejects.toThrow(/could not be written/)
  })

  it('that fails says so, answers nobody any more, and can be stopped all the same', async () => {
    const core = await start(join(folder, 'data'))
    const line = core.connect({ receive: () => undefined, closed: () => undefined })
    // No host lets such a message through.
    line.send(undefined as unknown as string)
    const unanswered = core.path('any')
    await expect(unanswered).rejects.toThrow()
    expect(await core.failure).toBeInstanceOf(Error)
    await core.stop()
  })
})
