import { expect, test } from '../erratum.ts'

test('a job goes on while the page is reloaded, and is found again', async ({ erratum }) => {
  const page = await erratum.open()
  await page.getByRole('button', { name: 'Open the demo' }).click()
  const bar = page.getByRole('status', { name: 'Running job' })
  await expect(bar).toContainText('demo')
  await page.reload()
  await expect(bar).toContainText('demo')
})

test('what was chosen on a bench is found again after a reload', async ({ withDemo }) => {
  const page = await withDemo.open()
  await page.getByRole('link', { name: 'Demo' }).click()
  await page.getByRole('row').nth(1).click()
  const pad = page.getByRole('radio', { name: /the word that pushes hardest/ })
  const k = page.getByRole('spinbutton', { name: 'k', exact: true })
  const rounds = page.getByRole('spinbutton', { name: 'Rounds' })
  const control = page.getByRole('checkbox', { name: /random rows/ })
  const second = page.getByRole('checkbox', { name: /^Edit row/ }).nth(1)
  await pad.check()
  await k.fill('30')
  await k.press('Enter')
  await second.uncheck()
  await control.uncheck()
  await rounds.fill('3')
  await rounds.press('Tab')

  await page.reload()
  await expect(k).toHaveValue('30')
  await expect(pad).toBeChecked()
  await expect(second).not.toBeChecked()
  await expect(control).not.toBeChecked()
  await expect(rounds).toHaveValue('3')

  // So is what was undone.
  await second.check()
  await page.keyboard.press('Control+z')
  await expect(second).not.toBeChecked()
  await page.reload()
  await expect(k).toHaveValue('30')
  await expect(second).not.toBeChecked()
})
