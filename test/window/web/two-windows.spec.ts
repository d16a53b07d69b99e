import { expect, test } from '../erratum.ts'
import { makeFilms, tryFix } from '../films.ts'

test('two windows of one project show the same jobs, runs and names', async ({ erratum }) => {
  const one = await erratum.open()
  await makeFilms(one)
  const other = await erratum.open()
  await other.getByRole('link', { name: 'films' }).click()
  await other.getByRole('link', { name: /^Runs/ }).click()
  await expect(other.getByRole('heading', { name: 'No fix was tried yet' })).toBeVisible()

  // What one starts, the other sees while it runs, and when it has ended.
  const bar = other.getByRole('status', { name: 'Running job' })
  const seen = expect(bar).toContainText('removing')
  await tryFix(one)
  await seen
  await expect(one.getByText(/^Fixed in \d of 2 rounds/)).toBeVisible({ timeout: 60_000 })
  await expect(bar).toBeHidden()
  const fix = other.getByRole('link', { name: /^Remove \d+ opponents$/ })
  await expect(fix).toBeVisible()
  await expect(other.getByRole('link', { name: 'Runs 1' })).toBeVisible()

  // A name goes both ways.
  await one.getByRole('textbox', { name: 'Name' }).fill('Without zany')
  await one.getByRole('textbox', { name: 'Note' }).fill('Ask Ann.')
  await one.getByRole('textbox', { name: 'Note' }).press('Tab')
  await other.getByRole('link', { name: 'Without zany' }).click()
  await expect(other.getByRole('textbox', { name: 'Note' })).toHaveValue('Ask Ann.')
  await other.getByRole('textbox', { name: 'Name' }).fill('Without the zany ones')
  await other.getByRole('textbox', { name: 'Name' }).press('Tab')
  await expect(one.getByRole('heading', { name: 'Without the zany ones' })).toBeVisible()

  // What one deletes is gone from the other.
  await other.getByRole('link', { name: 'Runs 1' }).click()
  await other.getByRole('checkbox', { name: /zany/ }).check()
  await other.getByRole('button', { name: 'Delete' }).click()
  await one.getByRole('link', { name: /^Runs/ }).first().click()
  await expect(one.getByRole('heading', { name: 'No fix was tried yet' })).toBeVisible()
})
