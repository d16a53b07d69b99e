/** What a window keeps for itself can be lost: the project's folder has everything. */
import type { Page } from '@playwright/test'
import { expect, test } from '../erratum.ts'
import { makeFilms, tryFix } from '../films.ts'

/** The page's own, in the functions that are evaluated there. */
declare const indexedDB: {
  deleteDatabase(name: string): Request
  open(name: string, version: number): Request
}
interface Request {
  result: { close(): void }
  onsuccess: () => void
  onerror: (event: unknown) => void
}

/** Takes the database away, as a browser does that clears its storage. */
async function loseDatabase(page: Page): Promise<void> {
  await page.evaluate(
    () =>
      new Promise<void>((resolve, reject) => {
        const request = indexedDB.deleteDatabase('erratum')
        request.onsuccess = () => resolve()
        request.onerror = reject
      })
  )
}

/** Leaves a database such as a later Erratum would. */
async function makeNewerDatabase(page: Page): Promise<void> {
  await page.evaluate(
    () =>
      new Promise<void>((resolve, reject) => {
        const request = indexedDB.open('erratum', 9990)
        request.onsuccess = () => {
          request.result.close()
          resolve()
        }
        request.onerror = reject
      })
  )
}

test('records that are lost or of a newer version are made again from the project', async ({
  erratum
}) => {
  const page = await erratum.open()
  await makeFilms(page)
  await tryFix(page)
  await expect(page.getByText(/^Fixed in \d of 2 rounds/)).toBeVisible({ timeout: 60_000 })
  await page.getByRole('textbox', { name: 'Name' }).fill('Without zany')
  await page.getByRole('textbox', { name: 'Note' }).fill('Ask Ann.')
  await page.getByRole('textbox', { name: 'Note' }).press('Tab')
  await expect(page.getByText('Kept with the project.')).toBeVisible()
  await page.getByRole('link', { name: /^Runs/ }).first().click()
  const fix = page.getByRole('row', { name: /Without zany.*Ask Ann/ })
  await expect(fix).toBeVisible()

  await loseDatabase(page)
  await page.reload()
  await page.getByRole('button', { name: 'Skip' }).click()
  await expect(fix).toBeVisible()

  await loseDatabase(page)
  await makeNewerDatabase(page)
  await page.reload()
  const told = page.getByRole('main').getByRole('alert')
  await expect(told).toContainText('records are those of a newer Erratum')
  // All else works without them.
  await page.getByRole('link', { name: 'Mistakes', exact: true }).click()
  await expect(page.getByRole('row').nth(1)).toBeVisible()
  await page.getByRole('link', { name: 'Settings' }).click()
  await page.getByRole('button', { name: 'Reset this window…' }).click()
  await page.getByRole('button', { name: 'Reset', exact: true }).click()
  await page.getByRole('button', { name: 'Skip' }).click()
  await page.goBack()
  await page.getByRole('link', { name: /^Runs/ }).first().click()
  await expect(fix).toBeVisible()
})
