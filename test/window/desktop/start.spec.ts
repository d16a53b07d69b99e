/** How the application starts, and how it says that it cannot. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from './desktop.ts'

test('a data folder that is a file is told of, and the application ends', async ({ desktop }) => {
  const dataFolder = join(desktop.folder, 'file')
  writeFileSync(dataFolder, 'Not a folder.')
  const application = desktop.start({ dataFolder })
  expect(await application.ended).toBe(1)
  expect(application.values('error')).toEqual([
    {
      title: 'Erratum cannot start',
      message: expect.stringMatching(/file.* could not be written: a part of the path is a file/)
    }
  ])
  expect(application.values('window')).toEqual([])
  expect(readFileSync(dataFolder, 'utf8')).toBe('Not a folder.')
})

test('a second start ends at once, and the first one comes forward', async ({ desktop }) => {
  const first = desktop.start()
  await desktop.window(first)
  const environment = { STAND_IN_RUNS_ALREADY: 'yes' }
  const second = desktop.start({ environment })
  expect(await second.ended).toBe(0)
  expect(second.values('window')).toEqual([])
  expect(second.values('error')).toEqual([])

  first.act({ kind: 'second-instance' })
  await expect.poll(() => first.values('focus')).toEqual([true])
  expect(first.values('restore')).toEqual([true])
  expect(first.values('window')).toHaveLength(1)
})

test('windows are shut off, and the scheme is a secure one', async ({ desktop }) => {
  const application = desktop.start()
  await desktop.window(application)
  expect(application.values('sandbox')).toEqual([true])
  expect(application.values('schemes')).toEqual([
    [{ scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } }]
  ])
  const [options] = application.values('window')
  expect(options).toMatchObject({
    show: false,
    webPreferences: {
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false
    }
  })
  await expect.poll(() => application.values('show')).toEqual([true])
})

for (const [way, end] of [
  ['closed', 'its window'],
  ['quit', 'the menu']
] as const) {
  test(`a window opens where it stood when the application was ended by ${end}`, async ({
    desktop
  }) => {
    const bounds = { x: 300, y: 200, width: 900, height: 700 }
    const application = desktop.start()
    const page = await desktop.window(application)
    application.act({ kind: 'move', bounds })
    if (way === 'closed') await page.close()
    else await application.close()
    expect(await application.ended).toBe(0)

    const again = desktop.start()
    await desktop.window(again)
    expect(again.values('window')).toEqual([expect.objectContaining(bounds)])
  })
}
