import { expect, test } from '../erratum.ts'

test('the list and the bench are as they were left, and go on working', async ({ withDemo }) => {
  const page = await withDemo.open()
  const goTo = (name: string) =>
    page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name }).click()
  const shown = page.getByText(/^\d+ shown/)
  await page.getByRole('link', { name: 'Demo' }).click()
  const all = Number.parseInt(await shown.innerText())
  await goTo('Data')
  await goTo('Mistakes')
  await page.getByRole('button', { name: '0.3 – 0.7' }).click()
  await expect.poll(async () => Number.parseInt(await shown.innerText())).toBeLessThan(all)
  const few = await shown.innerText()

  await page.getByRole('row').nth(1).click()
  const rows = page.getByText(/^\d+ rows?, [\d.]+ % of the training data/)
  await expect(rows).toContainText('50 rows')
  await page.getByRole('radio', { name: /the word that pushes hardest/ }).check()
  await page.keyboard.press('Escape')
  await expect(shown).toHaveText(few)
  await page.getByRole('row').nth(1).click()
  await expect(page.getByRole('radio', { name: /the word that pushes hardest/ })).toBeChecked()
  await page
    .getByRole('checkbox', { name: /^Edit row/ })
    .first()
    .uncheck()
  await expect(rows).toContainText('199 rows')
})
