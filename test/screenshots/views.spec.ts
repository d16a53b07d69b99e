/** Every view once, in the order of the job, each in both themes. */
import type { Page } from '@playwright/test'
import { test as base, expect } from '../window/erratum.ts'
import { plantedCsv } from '../support/planted.ts'
import { drop, importFilms, trainFilms } from '../window/films.ts'
import type { Pictures } from './pictures.ts'
import { shoot } from './pictures.ts'
import { strainedCsv } from './strained.ts'

const test = base.extend<object, { pictures: Pictures }>({
  pictures: [{ folder: 'out/windows' }, { option: true, scope: 'worker' }]
})

const go = (page: Page, view: string) =>
  page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: view }).click()

test('from the first start to a trained model', async ({ erratum, pictures }) => {
  const take = (name: string) => shoot(page, pictures, name)
  const page = await erratum.open({ tour: true })
  await take('tour')
  await page.getByRole('button', { name: 'Skip' }).click()
  await take('start-empty')
  await go(page, 'Settings')
  await expect(page.getByRole('radio', { name: 'CPU', exact: true })).toBeVisible()
  await take('settings')
  await page.keyboard.press('?')
  await take('help')
  await page.keyboard.press('Escape')

  await drop(page, 'broken.csv', 'text,label\n"never closed,pos\n')
  await expect(page.getByRole('alert')).toBeVisible()
  await take('new-refused')
  await drop(page, 'films.csv', plantedCsv({ rows: 400 }))
  await page.getByRole('radio', { name: /An encoder from nothing/ }).check()
  await expect(page.getByRole('main').getByRole('status')).toContainText(/Training takes about/, {
    timeout: 60_000
  })
  await take('new-encoder')
  const csv = pictures.strained ? strainedCsv() : undefined
  await importFilms(page, csv)
  await take('data-untrained')
  await trainFilms(page, pictures.strained ? 60 : 200)
  await expect(page.getByText(/epoch ([4-9]|\d\d+) of \d+, loss/).first()).toBeVisible()
  await take('model-training')
})

test('from a mistake to an export', async ({ withDemo, pictures }) => {
  const take = (name: string) => shoot(page, pictures, name)
  const rounds = pictures.rounds ?? 3
  const page = await withDemo.open()
  if (pictures.strained) {
    await importFilms(page, strainedCsv())
    await trainFilms(page, 6)
    await expect(page.getByRole('heading', { name: 'Checkpoints' })).toBeVisible()
    await go(page, 'Erratum')
    await expect(page.getByRole('heading', { name: 'Recent projects' })).toBeVisible()
    await take('start')
    await page.getByRole('link', { name: 'Films' }).click()
  } else {
    await take('start')
    await page.getByRole('link', { name: 'Demo' }).click()
  }
  await expect(page.getByRole('row').nth(1)).toBeVisible()
  await go(page, 'Data')
  await expect(page.getByRole('list', { name: 'Rows' }).getByRole('listitem').first()).toBeVisible()
  await take('data')
  await go(page, 'Model')
  await expect(page.getByRole('heading', { name: 'Checkpoints' })).toBeVisible()
  await take('model')

  await go(page, 'Mistakes')
  await page.getByRole('button', { name: 'Measure stability' }).click()
  await page.getByRole('spinbutton', { name: 'Rounds' }).fill(String(rounds))
  await take('mistakes-measuring')
  await page.getByRole('button', { name: `Retrain ${rounds} times` }).click()
  await expect(page.getByText(`Over ${rounds} rounds without any edit`)).toBeVisible({
    timeout: 120_000
  })
  // The nearest to being right of those that stay wrong.
  await page.getByRole('button', { name: 'Stably wrong', exact: true }).click()
  await take('mistakes')
  await page.getByRole('row').nth(1).click()
  const opponents = page.getByRole('list', { name: 'Opponents' })
  await expect(opponents.getByRole('listitem').first()).toBeVisible()
  await page.keyboard.press('j')
  await take('bench')
  await page.getByRole('tab', { name: /Proponents/ }).click()
  await take('bench-proponents')
  await page.getByRole('tab', { name: /Opponents/ }).click()
  await page.getByRole('radio', { name: /the word that pushes hardest/ }).check()
  await page.getByRole('spinbutton', { name: 'k', exact: true }).fill('200')
  await page.getByRole('spinbutton', { name: 'k', exact: true }).press('Enter')
  await take('bench-pad')
  await page.getByRole('button', { name: 'See what changes' }).click()
  await take('bench-changes')
  await page.getByRole('button', { name: 'Close', exact: true }).click()

  await page.getByRole('spinbutton', { name: 'Rounds' }).fill(String(rounds))
  await page.getByRole('button', { name: 'Retrain' }).click()
  // The rounds without an edit are known; some with it have ended.
  const ended = Array.from({ length: rounds }, (_, n) => rounds + n + 1).join('|')
  await expect(page.getByText(new RegExp(`^(${ended}) rounds of ${3 * rounds} ended`))).toBeVisible(
    {
      timeout: 120_000
    }
  )
  await take('run-under-way')
  await expect(page.getByText(/^Fixed in \d+ of \d+ rounds/)).toBeVisible({ timeout: 180_000 })
  await take('run')
  await page.getByRole('main').evaluate((main) => main.scrollTo(0, main.scrollHeight))
  await take('run-below')
  await page.getByRole('link', { name: /^Example / }).click()
  await page.getByRole('spinbutton', { name: 'Rounds' }).fill(String(Math.min(rounds, 4)))
  await page.getByRole('button', { name: /^Try \d sizes/ }).click()
  await expect(page.getByRole('heading', { name: 'One fix at several sizes' })).toBeVisible({
    timeout: 300_000
  })
  await take('runs-compared')
  await go(page, 'Runs')
  await page.getByRole('checkbox').first().check()
  await take('runs')
  await page.getByRole('link', { name: 'Export' }).last().click()
  await take('export')
  await page.getByRole('button', { name: 'Export', exact: true }).click()
  await expect(page.getByRole('heading', { name: 'Written' })).toBeVisible()
  await take('exported')
})
