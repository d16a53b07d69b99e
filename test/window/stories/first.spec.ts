/** The first story: from the demo to the exported files, on every host. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { parseEditsFile } from '../../../src-main/export/edits-file.ts'
import { expect, test } from '../erratum.ts'

test('from the demo to exported files', async ({ erratum, host }) => {
  test.setTimeout(240_000)
  const page = await erratum.open({ tour: true })

  // The tour leads to the demo.
  await expect(page.getByRole('dialog')).toContainText('One wrong prediction')
  for (let step = 0; step < 5; step++) await page.getByRole('button', { name: 'Next' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Open the demo' }).click()
  await expect(page.getByRole('status', { name: 'Running job' })).toContainText('demo')
  await expect(page.getByRole('heading', { name: 'Mistakes' })).toBeVisible({ timeout: 120_000 })

  // A mistake goes on the bench, with what pushed the model there.
  await page.getByRole('row').nth(1).click()
  const opponents = page.getByRole('list', { name: 'Opponents' })
  await expect(opponents.getByRole('listitem').first()).toContainText('−')
  await page.getByRole('radio', { name: /the word that pushes hardest/ }).check()
  await page.getByRole('spinbutton', { name: 'k', exact: true }).fill('40')
  await page.getByRole('spinbutton', { name: 'k', exact: true }).press('Enter')
  await page.getByRole('spinbutton', { name: 'Rounds' }).fill('2')
  await page.getByRole('checkbox', { name: /random rows/ }).uncheck()
  await page.getByRole('button', { name: 'Retrain' }).click()

  // The proof comes by itself.
  await expect(page.getByText(/^Fixed in \d of 2 rounds/)).toBeVisible({ timeout: 120_000 })
  await expect(page.getByText(/Without the edit: \d of 2/)).toBeVisible()
  await page.getByRole('link', { name: 'Keep this fix' }).click()
  await page.getByRole('button', { name: 'Export' }).click()
  await expect(page.getByRole('heading', { name: 'Written' })).toBeVisible()

  const exports = join(erratum.dataFolder, 'projects', 'Demo', 'exports')
  const [name] = readdirSync(exports)
  const folder = join(exports, name!)
  const path = join(folder, 'edits.json')
  const { edits, fixes } = parseEditsFile(path, readFileSync(path, 'utf8'))
  expect(edits).toHaveLength(40)
  expect(fixes).toHaveLength(1)
  const rowsOf = (file: string): { text: string; label: string }[] =>
    parse(readFileSync(file, 'utf8'), { columns: true })
  const before = rowsOf(join(erratum.dataFolder, 'demo', 'spam-assassin.csv'))
  const after = rowsOf(join(folder, 'spam-assassin.curated.csv'))
  expect(after).toHaveLength(before.length)
  const changed = before.flatMap((row, n) => (row.text === after[n]!.text ? [] : [n]))
  expect(changed).toEqual(edits.map(({ row }) => row).toSorted((a, b) => a - b))
  for (const row of changed) expect(after[row]!.text).toContain('[PAD]')
  expect(readFileSync(join(folder, 'report.html'), 'utf8')).toContain('Fixed in')

  if (host === 'web') {
    const download = page.waitForEvent('download')
    await page.getByRole('link', { name: 'edits.json' }).click()
    const downloaded = await (await download).path()
    expect(readFileSync(downloaded, 'utf8')).toBe(readFileSync(path, 'utf8'))
  } else {
    await expect(page.getByRole('button', { name: 'Show in folder' })).toHaveCount(3)
  }
})
