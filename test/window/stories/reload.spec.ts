import { expect, test } from '../erratum.ts'

test('a job goes on while the page is reloaded, and is found again', async ({ erratum }) => {
  const page = await erratum.open()
  await page.getByRole('button', { name: 'Open the demo' }).click()
  const bar = page.getByRole('status', { name: 'Running job' })
  await expect(bar).toContainText('demo')
  await page.reload()
  await expect(bar).toContainText('demo')
})
