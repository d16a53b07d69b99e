/** axe finds nothing, on every view, in both themes. */
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { root } from '../../../src-main/installation.ts'
import { plantedCsv } from '../../support/planted.ts'
import { expect, test } from '../erratum.ts'
import { drop } from '../films.ts'
import { enter } from '../focus.ts'

const themes = ['light', 'dark'] as const

async function expectNothing(page: Page, view: string): Promise<void> {
  for (const colorScheme of themes) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await expect(page.locator(`html[data-theme=${colorScheme}]`)).toBeAttached()
    const { violations } = await new AxeBuilder({ page })
      .options({ resultTypes: ['violations'] })
      // In the page itself: without frames, there are no results for another page to put together.
      .setLegacyMode()
      .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
      .analyze()
    const found = violations.flatMap(({ id, nodes }) =>
      nodes.map(
        ({ target, failureSummary }) =>
          `${view}, ${colorScheme}: ${id} at ${target.join(' ')}: ${failureSummary}`
      )
    )
    expect(found).toEqual([])
  }
}

test('axe finds nothing on any view', async ({ withDemo }) => {
  test.setTimeout(240_000)
  const page = await withDemo.open({ tour: true })
  await expectNothing(page, 'the tour')
  await page.getByRole('button', { name: 'Skip' }).click()
  await expectNothing(page, 'start')
  await page.keyboard.press('?')
  await expectNothing(page, 'help')
  await page.keyboard.press('Escape')

  await page.getByRole('link', { name: 'New project' }).click()
  await expectNothing(page, 'new project, empty')
  await page
    .locator('input[type=file]')
    .first()
    .setInputFiles({
      name: 'films.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(`text,label\n${'good,pos\nbad,neg\n'.repeat(10)}`)
    })
  await expect(page.getByRole('combobox', { name: 'Label' })).toBeVisible()
  await expectNothing(page, 'new project')
  await page.getByRole('radio', { name: /An encoder from nothing/ }).check()
  await expect(page.getByRole('main').getByRole('status')).toContainText(/Training takes about/, {
    timeout: 60_000
  })
  await expectNothing(page, 'new project, an encoder')
  await page.getByRole('link', { name: 'Settings' }).click()
  await expect(page.getByRole('radio', { name: 'CPU', exact: true })).toBeVisible()
  await expectNothing(page, 'settings')

  await page.getByRole('link', { name: 'Erratum' }).first().click()
  await page.getByRole('link', { name: 'Demo' }).click()
  await expect(page.getByRole('row').nth(1)).toBeVisible()
  await expectNothing(page, 'mistakes')
  await page.getByRole('link', { name: 'Runs' }).click()
  await expect(page.getByRole('heading', { name: 'No fix was tried yet' })).toBeVisible()
  await expectNothing(page, 'runs, empty')
  await page.getByRole('link', { name: 'Data', exact: true }).click()
  await expect(page.getByRole('list', { name: 'Rows' }).getByRole('listitem').first()).toBeVisible()
  await expectNothing(page, 'data')
  await page.getByRole('link', { name: 'Model', exact: true }).click()
  await expect(page.getByRole('heading', { name: 'Checkpoints' })).toBeVisible()
  await page.locator('summary', { hasText: 'Settings' }).click()
  await expectNothing(page, 'model')

  await page.getByRole('link', { name: 'Mistakes', exact: true }).click()
  await page.getByRole('row').nth(1).click()
  await expect(
    page.getByRole('list', { name: 'Opponents' }).getByRole('listitem').first()
  ).toBeVisible()
  await expectNothing(page, 'bench')
  await page.getByRole('button', { name: 'See what changes' }).click()
  await expectNothing(page, 'the diff')
  await page.getByRole('button', { name: 'Close', exact: true }).click()
  await page.getByRole('spinbutton', { name: 'Rounds' }).fill('3')
  await page.getByRole('button', { name: 'Retrain' }).click()
  await expect(page.getByText(/^[1-9]\d* rounds? of 9 ended/)).toBeVisible({ timeout: 60_000 })
  await expectNothing(page, 'a run under way')
  await expect(page.getByText(/^Fixed in \d of 3 rounds/)).toBeVisible({ timeout: 120_000 })
  await expectNothing(page, 'a run')
  await page.getByRole('link', { name: /^Runs/ }).first().click()
  await page.getByRole('checkbox').first().check()
  await expectNothing(page, 'runs')
  await page.getByRole('link', { name: 'Export', exact: true }).first().click()
  await expectNothing(page, 'export')
})

test('axe finds nothing where a model is exported, by the keyboard', async ({ erratum }) => {
  test.setTimeout(120_000)
  const golden = join(root, 'test', 'parity', 'golden', 'encoders', 'bert')
  cpSync(golden, join(erratum.dataFolder, 'models', 'reviews'), { recursive: true })
  const page = await erratum.open()
  await drop(page, 'films.csv', plantedCsv())
  await page.getByRole('radio', { name: /A pretrained encoder/ }).check()
  await page.getByRole('combobox', { name: 'Folder' }).selectOption('reviews')
  await page.getByRole('checkbox', { name: /Start with a new head/ }).check()
  await page.getByRole('button', { name: 'Import' }).click()
  await expect(page.getByRole('heading', { name: 'Data', exact: true })).toBeVisible()
  // The keys know the view, whether its link does or not.
  await page.keyboard.press('g')
  await page.keyboard.press('x')
  const section = page.getByRole('region', { name: 'The model' })
  await expect(section).toContainText('It is not trained yet.')
  await expectNothing(page, 'export, not trained')

  await section.getByRole('link', { name: 'Train it' }).click()
  await page.locator('summary', { hasText: 'Settings' }).click()
  await page.getByRole('spinbutton', { name: 'Epochs' }).fill('1')
  await page.getByRole('button', { name: /^Train/ }).click()
  await expect(page.getByRole('heading', { name: 'What it takes for what' })).toBeVisible({
    timeout: 60_000
  })
  await page.keyboard.press('g')
  await page.keyboard.press('x')
  await enter(page, page.getByRole('button', { name: 'Export the model' }))
  await expect(section.getByRole('heading', { name: 'Written' })).toBeVisible()
  await expectNothing(page, 'a model exported')
})
