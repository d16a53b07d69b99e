/** A small project, made in the window from a dropped file: its model is trained in seconds. */
import type { Page } from '@playwright/test'
import { plantedCsv } from '../support/planted.ts'
import { expect } from './erratum.ts'

/** The page's own, in the function that is evaluated there. */
declare const DataTransfer: new () => { items: { add(file: File): void } }

/** Drops a file on the window, as a file manager would. */
export async function drop(page: Page, name: string, content: string): Promise<void> {
  const data = await page.evaluateHandle(
    ([file, text]) => {
      const transfer = new DataTransfer()
      transfer.items.add(new File([text], file))
      return transfer
    },
    [name, content] as const
  )
  await page.locator('body').dispatchEvent('dragover', { dataTransfer: data })
  await page.locator('body').dispatchEvent('drop', { dataTransfer: data })
}

/** Makes the project Films, which has 4 columns, and lands in its data. */
export async function importFilms(page: Page, csv = plantedCsv()): Promise<void> {
  await drop(page, 'films.csv', csv)
  await expect(page.getByRole('heading', { name: 'New project' })).toBeVisible()
  await expect(page.getByRole('combobox', { name: 'Label' })).toHaveValue('label')
  await page.getByRole('button', { name: 'Import' }).click()
  await expect(page.getByRole('heading', { name: 'Data', exact: true })).toBeVisible()
}

/** Trains its model, `epochs` long. */
export async function trainFilms(page: Page, epochs: number): Promise<void> {
  await page.getByRole('link', { name: 'Model', exact: true }).click()
  await page.locator('summary', { hasText: 'Settings' }).click()
  await page.getByRole('spinbutton', { name: 'Epochs' }).fill(String(epochs))
  await page.getByRole('spinbutton', { name: 'Learning rate' }).fill('0.01')
  await page.getByRole('spinbutton', { name: 'Longest text' }).fill('16')
  await page.getByRole('button', { name: /^Train/ }).click()
}
