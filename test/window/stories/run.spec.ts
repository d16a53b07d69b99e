import { expect, test } from '../erratum.ts'

test('a run is cancelled, taken up, and found again after a reload', async ({ withDemo }) => {
  const page = await withDemo.open()
  await page.getByRole('link', { name: 'Demo' }).click()
  await page.getByRole('row').nth(1).click()
  await page.getByRole('spinbutton', { name: 'Rounds' }).fill('3')
  await page.getByRole('button', { name: 'Retrain' }).click()
  const ended = page.getByText(/^[1-9]\d* rounds? of 9 ended/)
  await expect(ended).toBeVisible({ timeout: 60_000 })

  await page.reload()
  await expect(ended).toBeVisible()
  await page.getByRole('main').getByRole('button', { name: 'Cancel' }).click()
  await expect(page.getByText(/^Cancelled\. [1-9]\d* rounds? ended/)).toBeVisible()
  await page.getByRole('button', { name: 'Go on' }).click()
  await expect(page.getByText(/^Fixed in \d of 3 rounds/)).toBeVisible({ timeout: 90_000 })

  // The application is started anew: the run stands in the project.
  await withDemo.restart()
  const again = await withDemo.open()
  await again.getByRole('link', { name: 'Demo' }).click()
  await again.getByRole('link', { name: /^Runs/ }).click()
  await expect(again.getByRole('link', { name: 'Remove 50 opponents' })).toBeVisible()
})

test('fixes are named, compared, combined, deleted and brought back', async ({ withDemo }) => {
  test.setTimeout(180_000)
  const page = await withDemo.open()
  await page.getByRole('link', { name: 'Demo' }).click()
  for (const row of [1, 2]) {
    await page.getByRole('link', { name: 'Mistakes' }).first().click()
    await page.getByRole('row').nth(row).click()
    await page.getByRole('spinbutton', { name: 'Rounds' }).fill('2')
    await page.getByRole('checkbox', { name: /random rows/ }).uncheck()
    await page.getByRole('button', { name: 'Retrain' }).click()
    await expect(page.getByText(/^Fixed in \d of 2 rounds/)).toBeVisible({ timeout: 60_000 })
  }
  await page.getByRole('textbox', { name: 'Name' }).fill('The second one')
  await page.getByRole('textbox', { name: 'Note' }).fill('Ask Ann.')
  await expect(page.getByRole('heading', { name: 'The second one' })).toBeVisible()
  await page.getByRole('link', { name: /^Runs/ }).first().click()
  await page.getByRole('checkbox').first().check()
  await page.getByRole('checkbox').nth(1).check()
  await page.getByRole('link', { name: 'Compare or combine' }).click()
  await expect(page.getByRole('heading', { name: 'As one curated set' })).toBeVisible()
  await page.getByRole('button', { name: 'Retrain with all of them' }).click()
  await expect(page.getByRole('heading', { name: 'Compare 2 fixes' })).toBeVisible({
    timeout: 60_000
  })

  await page.getByRole('link', { name: /^Runs/ }).first().click()
  await expect(page.getByRole('checkbox')).toHaveCount(4)
  await page.getByRole('checkbox', { name: /The second one/ }).check()
  await page.getByRole('button', { name: 'Delete' }).click()
  await expect(page.getByRole('checkbox')).toHaveCount(3)
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(page.getByRole('checkbox', { name: /The second one/ })).toBeVisible()
})
