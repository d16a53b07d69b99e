/** The desktop's own ways through a day's work: menu, dialogs, drops, the icon, the file manager. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { plantedCsv } from '../../support/planted.ts'
import { drop, trainFilms } from '../films.ts'
import { expect, test } from './desktop.ts'

/** The page's own, in the function that is evaluated there. */
declare const window: { standInPaths?: Record<string, string> }

test('from a file of the system’s dialog to the exported one, shown in its folder', async ({
  desktop
}) => {
  const csv = join(desktop.folder, 'films.csv')
  writeFileSync(csv, plantedCsv())
  const application = desktop.start({ environment: { STAND_IN_PICKS: csv } })
  const page = await desktop.window(application)

  application.act({ kind: 'menu', label: 'New Project…' })
  await expect(page.getByRole('heading', { name: 'New project' })).toBeVisible()
  await page.getByRole('button', { name: 'Choose a file…' }).click()
  await expect(page.getByRole('combobox', { name: 'Label' })).toHaveValue('label')
  await page.getByRole('button', { name: 'Import' }).click()
  await expect(page.getByRole('heading', { name: 'Data', exact: true })).toBeVisible()

  await trainFilms(page, 40)
  await expect(page.getByRole('heading', { name: 'What it takes for what' })).toBeVisible({
    timeout: 60_000
  })
  // Its icon has shown how far it was, and shows nothing any more.
  const shares = () => application.values('progress') as number[]
  await expect.poll(() => shares().at(-1)).toBe(-1)
  expect(shares().filter((share) => share > 0 && share < 1).length).toBeGreaterThan(0)

  // A second window sees the same job, to the end.
  application.act({ kind: 'menu', label: 'New Window' })
  const second = await desktop.window(application)
  await page.getByRole('link', { name: 'Mistakes', exact: true }).click()
  await page.getByRole('row').nth(1).click()
  await page.getByRole('spinbutton', { name: 'Rounds' }).fill('4')
  await page.getByRole('checkbox', { name: /random rows/ }).uncheck()
  await page.getByRole('button', { name: 'Retrain' }).click()
  await expect(second.getByRole('status', { name: 'Running job' })).toBeVisible()
  await expect(page.getByText(/^Fixed in \d of 4 rounds/)).toBeVisible({ timeout: 60_000 })
  await expect(second.getByRole('status', { name: 'Running job' })).toHaveCount(0)
  await second.close()

  await page.getByRole('link', { name: 'Keep this fix' }).click()
  await page.getByRole('button', { name: 'Export' }).click()
  await page.getByRole('listitem').filter({ hasText: 'edits.json' }).getByRole('button').click()
  const exports = join(desktop.dataFolder, 'projects', 'films', 'exports')
  const revealed = () => application.values('reveal')
  await expect.poll(revealed).toEqual([join(exports, readdirSync(exports)[0] ?? '', 'edits.json')])
  // Nobody is told of what was short.
  expect(application.values('notification')).toEqual([])

  application.act({ kind: 'menu', label: 'Settings' })
  await expect(page.getByRole('heading', { name: 'Settings' })).toBeVisible()
  // Devices are looked for in processes that the main process starts for the core.
  await expect(page.getByRole('radio', { name: /^TensorFlow\.js/ })).toBeVisible({
    timeout: 30_000
  })
  expect(application.values('process')).toContainEqual(expect.stringMatching(/probe\.js$/))
  expect(readFileSync(csv, 'utf8')).toBe(plantedCsv())
})

test('a dropped file is read where it lies; what lies nowhere is refused', async ({ desktop }) => {
  const csv = join(desktop.folder, 'films.csv')
  writeFileSync(csv, plantedCsv())
  const application = desktop.start()
  const page = await desktop.window(application)

  await drop(page, 'films.csv', 'no path')
  await expect(page.getByRole('alert')).toContainText('This is no file on the disk.')
  await page.evaluate((path) => void (window.standInPaths = { 'films.csv': path }), csv)
  await drop(page, 'films.csv', 'the content does not matter')
  await expect(page.getByRole('combobox', { name: 'Label' })).toHaveValue('label')
  await expect(page.getByText('films.csv').first()).toBeVisible()
})
