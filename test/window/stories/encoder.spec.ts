import { cpSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../../src-main/installation.ts'
import { plantedCsv } from '../../support/planted.ts'
import { expect, test } from '../erratum.ts'
import { drop } from '../films.ts'

const golden = join(root, 'test', 'parity', 'golden', 'encoders', 'bert')

test('a project with an encoder, from its expected time to its export and whole words on the bench', async ({
  erratum,
  host
}) => {
  test.skip(host === 'electron', 'Electron gives no path to a file that a script has made.')
  test.setTimeout(180_000)
  const page = await erratum.open()
  await drop(page, 'films.csv', plantedCsv({ rows: 400 }))
  await page.getByRole('radio', { name: /An encoder from nothing/ }).check()
  await expect(page.getByRole('combobox', { name: 'Size' })).toContainText('2 layers, 128 wide')
  await expect(page.getByRole('main').getByRole('status')).toContainText(
    /Training takes about \d+ MB of memory .* an epoch for 318 rows/s,
    { timeout: 60_000 }
  )
  await page.getByRole('button', { name: 'Import' }).click()
  await expect(page.getByRole('heading', { name: 'Data', exact: true })).toBeVisible()

  await page.getByRole('link', { name: 'Model', exact: true }).click()
  await expect(page.getByRole('main')).toContainText('BERT, 2 layers, 128 wide')
  await page.locator('summary', { hasText: 'Settings' }).click()
  await page.getByRole('spinbutton', { name: 'Epochs' }).fill('1')
  await page.locator('summary', { hasText: 'Advanced' }).click()
  await page.getByRole('spinbutton', { name: 'Dropout' }).fill('0')
  await page.getByRole('spinbutton', { name: 'Frozen layers' }).fill('3')
  await expect(page.getByRole('button', { name: /^Train/ })).toBeDisabled()
  await page.getByRole('spinbutton', { name: 'Frozen layers' }).fill('0')
  await page.getByRole('button', { name: /^Train/ }).click()
  await expect(page.getByRole('heading', { name: 'What it takes for what' })).toBeVisible({
    timeout: 90_000
  })
  await expect(page.getByRole('main')).toContainText(/with\s+[\d.]+ [MG]B of memory at most/)

  await page.getByRole('link', { name: 'Export', exact: true }).click()
  await expect(page.getByRole('heading', { name: 'There is no fix to export yet' })).toBeVisible()
  await page.getByRole('button', { name: 'Export the model' }).click()
  await expect(page.getByRole('heading', { name: 'Written' })).toBeVisible({ timeout: 30_000 })
  const exports = join(erratum.dataFolder, 'projects', 'films', 'exports')
  const [name] = readdirSync(exports)
  const written = join(exports, name!)
  const shown = page.getByRole('region', { name: 'The model' })
  for (const file of ['config.json', 'model.safetensors', 'tokenizer.json', 'onnx/model.onnx']) {
    expect(readFileSync(join(written, file)).length).toBeGreaterThan(0)
    await expect(shown.getByRole('link', { name: file, exact: true })).toBeVisible()
  }
  expect(readdirSync(written)).toHaveLength(5)
  await expect(shown).toContainText(/The model of epoch 1: right on [\d.]+ % of the held-out rows/)
  await expect(shown).toContainText(`pipeline("text-classification", model="${written}")`)
  await expect(shown).toContainText(`InferenceSession("${written}/onnx/model.onnx")`)
  if (host === 'web') {
    const download = page.waitForEvent('download')
    await shown.getByRole('link', { name: 'onnx/model.onnx' }).click()
    expect((await download).suggestedFilename()).toBe('model.onnx')
    const downloaded = readFileSync(await (await download).path())
    expect(downloaded.equals(readFileSync(join(written, 'onnx', 'model.onnx')))).toBe(true)
  }

  await page.getByRole('link', { name: 'Mistakes', exact: true }).first().click()
  await page.getByRole('row').nth(1).click()
  const first = page.getByRole('list', { name: 'Opponents' }).getByRole('listitem').first()
  await expect(first).toContainText('−')
  await page.getByRole('radio', { name: /the word that pushes hardest/ }).check()
  await page.getByRole('button', { name: 'See what changes' }).click()
  // What is struck through is a word of the texts, and no piece of one.
  const struck = page.getByRole('dialog').locator('del, s, .struck').first()
  await expect(struck).toHaveText(/^[a-z]+$/)
})

test('a folder of a model is looked at as soon as it is chosen', async ({ erratum, host }) => {
  test.skip(host !== 'web', 'Elsewhere the dialog of the system asks for it.')
  const models = join(erratum.dataFolder, 'models')
  for (const name of ['broken', 'reviews']) cpSync(golden, join(models, name), { recursive: true })
  rmSync(join(models, 'broken', 'config.json'))
  const page = await erratum.open()
  await drop(page, 'films.csv', plantedCsv())
  await page.getByRole('radio', { name: /A pretrained encoder/ }).check()
  const folder = page.getByRole('combobox', { name: 'Folder' })
  const go = page.getByRole('button', { name: 'Import' })
  await folder.selectOption('broken')
  await expect(page.getByRole('alert')).toContainText('config.json')
  await expect(go).toBeDisabled()

  await folder.selectOption('reviews')
  await expect(page.getByText(/^reviews: BERT, 2 layers, 16 wide/)).toBeVisible()
  await expect(page.getByRole('note')).toContainText('but the data neg, pos (2)')
  await expect(go).toBeDisabled()
  await page.getByRole('checkbox', { name: /Start with a new head/ }).check()
  await go.click()
  await expect(page.getByRole('heading', { name: 'Data', exact: true })).toBeVisible()
  await page.getByRole('link', { name: 'Model', exact: true }).click()
  await expect(page.getByText(/taken from .*models\/reviews/)).toBeVisible()
})
