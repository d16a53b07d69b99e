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
export async function importFilms(
  page: Page,
  csv = plantedCsv(),
  file = 'films.csv'
): Promise<void> {
  await drop(page, file, csv)
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

/** Makes the project and trains it, as well as it takes to make mistakes that have a cause. */
export async function makeFilms(page: Page): Promise<void> {
  await importFilms(page)
  await trainFilms(page, 4)
  await expect(page.getByRole('heading', { name: 'What it takes for what' })).toBeVisible()
}

/** Puts the first mistake on the bench, and retrains twice without its strongest opponents. */
export async function tryFix(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Mistakes', exact: true }).first().click()
  await page.getByRole('row').nth(1).click()
  await page.getByRole('spinbutton', { name: 'Rounds' }).fill('2')
  await page.getByRole('checkbox', { name: /random rows/ }).uncheck()
  await page.getByRole('button', { name: 'Retrain' }).click()
}
