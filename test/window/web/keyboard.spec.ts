/** The whole job without the mouse; nothing here clicks. */
import { expect, test } from '../erratum.ts'
import { enter, expectFocusInView, expectFocusSeen, tabTo, write } from '../focus.ts'
import { plantedCsv } from '../../support/planted.ts'

test('from the first view to exported files by the keyboard alone', async ({ erratum }) => {
  test.setTimeout(180_000)
  const page = await erratum.open({ tour: true })
  const { keyboard } = page
  const heading = (name: string | RegExp) => page.getByRole('heading', { name, level: 1 })
  const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true })
  const link = (name: string | RegExp) => page.getByRole('link', { name, exact: true })

  // The tour has the focus, and gives it back.
  await expect(page.getByRole('dialog')).toBeVisible()
  await tabTo(page, button('Next'))
  await keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toBeHidden()

  // A project, from a file that is chosen.
  await enter(page, link('New project'))
  await expectFocusInView(page)
  await tabTo(page, button('Choose a file…'))
  const choosing = page.waitForEvent('filechooser')
  await keyboard.press('Enter')
  const file = { name: 'films.csv', mimeType: 'text/csv', buffer: Buffer.from(plantedCsv()) }
  await (await choosing).setFiles(file)
  await expect(page.getByRole('combobox', { name: 'Label' })).toHaveValue('label')
  await enter(page, button('Import'), 'Shift+Tab')
  await expect(heading('Data')).toBeVisible()
  await expectFocusInView(page)

  // Its model.
  await enter(page, link('Train the model'))
  await expectFocusInView(page)
  await enter(page, page.locator('summary', { hasText: 'Settings' }))
  await write(page, page.getByRole('spinbutton', { name: 'Epochs' }), '4')
  await write(page, page.getByRole('spinbutton', { name: 'Learning rate' }), '0.01')
  await write(page, page.getByRole('spinbutton', { name: 'Longest text' }), '16')
  await enter(page, button(/^Train/))
  await expect(page.getByRole('heading', { name: 'What it takes for what' })).toBeVisible()

  // Its mistakes: searched, and moved through.
  await keyboard.press('g')
  await keyboard.press('e')
  await expect(heading('Mistakes')).toBeVisible()
  await expectFocusInView(page)
  const search = page.getByRole('searchbox', { name: 'Search' })
  await expect(search).toBeVisible()
  await keyboard.press('/')
  await expect(search).toBeFocused()
  await expectFocusSeen(page)
  await keyboard.type('zany')
  await expect(page.getByText(/^\d+ shown/)).toBeVisible()
  await keyboard.press('Enter')
  const selected = page.getByRole('row', { selected: true })
  await keyboard.press('j')
  await expect(selected).toBeFocused()
  await expect(selected).toContainText('zany')
  await expectFocusSeen(page)
  const first = await selected.getAttribute('aria-rowindex')
  await keyboard.press('j')
  await expect(selected).not.toHaveAttribute('aria-rowindex', first!)
  await expect(selected).toBeFocused()
  await keyboard.press('k')
  await expect(selected).toHaveAttribute('aria-rowindex', first!)
  await keyboard.press('Enter')

  // The bench: other mistakes, and back.
  await expect(heading(/^Example/)).toBeVisible()
  await expectFocusInView(page)
  const example = await page.title()
  await keyboard.press(']')
  await expect(page).not.toHaveTitle(example)
  await expectFocusInView(page)
  await keyboard.press('[')
  await expect(page).toHaveTitle(example)
  await keyboard.press('Escape')
  await expect(heading('Mistakes')).toBeVisible()
  await expectFocusInView(page)
  await keyboard.press('Enter')
  await expect(page).toHaveTitle(example)

  // Its opponents: one is left out, and taken back.
  const ticks = page.getByRole('checkbox', { name: /^Edit row/ })
  await expect(ticks.nth(1)).toBeChecked()
  await keyboard.press('j')
  await keyboard.press('x')
  await expect(ticks.nth(1)).not.toBeChecked()
  await keyboard.press('Control+z')
  await expect(ticks.nth(1)).toBeChecked()
  await keyboard.press('Control+Shift+z')
  await expect(ticks.nth(1)).not.toBeChecked()
  await expect(ticks.first()).toBeChecked()
  await keyboard.press('p')
  await expect(page.getByText('1 row the other way')).toBeVisible()
  await keyboard.press('Enter')
  await expect(page.getByRole('button', { name: /^Fold row/ })).toHaveCount(1)
  await keyboard.press('2')
  await expect(page.getByRole('tab', { name: 'Proponents' })).toHaveAttribute(
    'aria-selected',
    'true'
  )
  const unfolded = page.getByRole('list', { name: 'Proponents' }).getByRole('button', {
    name: /^Fold row/
  })
  await keyboard.press('j')
  await keyboard.press('Enter')
  await expect(unfolded).toHaveCount(1)
  await keyboard.press('1')

  // Help lies over it, has the focus, and gives it back; keys are not for the bench meanwhile.
  await tabTo(page, ticks.nth(1))
  await keyboard.press('k')
  await expect(ticks.first()).toBeFocused()
  await keyboard.press('?')
  const help = page.getByRole('dialog', { name: 'Keys and words' })
  await expect(help).toBeVisible()
  await keyboard.press('x')
  await tabTo(page, help.getByRole('button', { name: 'Close' }))
  await keyboard.press('Escape')
  await expect(help).toBeHidden()
  await expect(ticks.first()).toBeFocused()
  await expect(ticks.first()).toBeChecked()
  await expectFocusSeen(page)

  // The run.
  await write(page, page.getByRole('spinbutton', { name: 'Rounds' }), '2')
  await tabTo(page, page.getByRole('checkbox', { name: /random rows/ }))
  await keyboard.press('Space')
  await keyboard.press('r')
  await expect(page.getByText(/^Fixed in \d of 2 rounds/)).toBeVisible({ timeout: 60_000 })
  await expectFocusInView(page)

  // Out of Erratum.
  await enter(page, link('Keep this fix'))
  await expect(heading('Export')).toBeVisible()
  await expectFocusInView(page)
  await enter(page, button('Export'))
  await expect(page.getByRole('heading', { name: 'Written' })).toBeVisible()
  const download = page.waitForEvent('download')
  await enter(page, link('edits.json'))
  expect((await download).suggestedFilename()).toBe('edits.json')

  // Every view has its keys.
  for (const [key, name] of Object.entries({
    d: 'Data',
    m: 'Model',
    e: 'Mistakes',
    r: 'Runs',
    x: 'Export'
  })) {
    await keyboard.press('g')
    await keyboard.press(key)
    await expect(heading(name)).toBeVisible()
    await expectFocusInView(page)
  }
})
