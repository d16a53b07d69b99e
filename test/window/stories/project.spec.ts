import { expect, test } from '../erratum.ts'
import { drop, importFilms, trainFilms } from '../films.ts'

test('a project from a dropped CSV, whose training is cancelled and taken up', async ({
  erratum,
  host
}) => {
  test.skip(host === 'electron', 'Electron gives no path to a file that a script has made.')
  const page = await erratum.open()
  await importFilms(page)
  await expect(page.getByText('244 training rows')).toBeVisible()
  await expect(page.getByRole('row', { name: /neg 125 37/ })).toBeVisible()

  await trainFilms(page, 300)
  await expect(page.getByText(/epoch \d+ of 300, loss/).first()).toBeVisible()
  await page.getByRole('main').getByRole('button', { name: 'Cancel' }).click()
  await expect(page.getByText(/A training was stopped after epoch \d+ of 300/)).toBeVisible()
  await page.getByRole('button', { name: 'Go on with it' }).click()
  await expect(page.getByRole('heading', { name: 'What it takes for what' })).toBeVisible({
    timeout: 90_000
  })
  await expect(page.getByRole('row', { name: /^300 / })).toBeVisible()

  // A cell of the confusion matrix leads to its mistakes.
  await page
    .getByRole('link', { name: /predicted as/ })
    .first()
    .click()
  await expect(page.getByRole('heading', { name: 'Mistakes' })).toBeVisible()
})

test('a bad file is told of by name, with the remedy, and nothing remains', async ({
  erratum,
  host
}) => {
  test.skip(host === 'electron', 'Electron gives no path to a file that a script has made.')
  const page = await erratum.open()
  await drop(page, 'broken.csv', 'text,label\n"never closed,pos\n')
  await expect(page.getByRole('alert')).toContainText('broken.csv')

  // One that can be looked into, and not be imported.
  await drop(page, 'one.csv', `text,label\n${'good,pos\n'.repeat(20)}`)
  await page.getByRole('button', { name: 'Import' }).click()
  await expect(page.getByRole('alert')).toContainText('A classifier needs at least two labels')
  await page.getByRole('link', { name: 'Erratum' }).first().click()
  await expect(page.getByRole('heading', { name: 'Begin with the demo' })).toBeVisible()
  await expect(page.getByRole('heading', { name: 'Recent projects' })).toHaveCount(0)
})
