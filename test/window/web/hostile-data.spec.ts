/** Data sets are untrusted: whatever they hold is shown as text, and moves nothing around it. */
import type { Page } from '@playwright/test'
import { uploadName } from '../../../src-main/hosts/web/upload-name.ts'
import type { PlantedRow } from '../../support/planted.ts'
import { plantedRows } from '../../support/planted.ts'
import { expect, test } from '../erratum.ts'
import { importFilms, trainFilms, tryFix } from '../films.ts'

const mark = '\u202E\u2066'
const html = '<img src=x onerror="document.title=1"><script>document.title=1</script>'
const labels = [
  `<b onclick=alert(1)>neg</b>${mark}`,
  `${mark}pos</option></select><iframe src="javascript:alert(1)">${'long'.repeat(60)}`
]
const hostile = [
  html,
  `${mark} reversed \u202B nested \u2067 never closed`,
  '[a link](javascript:alert(1)) <a href="javascript:alert(1)">a link</a> {@html x} {{x}}',
  'zero\u200Bwidth\u200Djoined\uFEFF',
  '\u001b[31mred\u001b[0m \u0007',
  'unbroken'.repeat(2000),
  `${'a\u0301\u0323\u0310'.repeat(40)} עברית و العربية`
]

const file = `${mark}<img src=x onerror=alert(1)>.csv`
const rows = plantedRows({ labels }).map((row, n) => ({
  ...row,
  text: `${row.text} ${hostile[n % hostile.length]}`
}))
/** As it is kept: some systems would take parts of it for a pattern. */
const kept = uploadName(file)!
const sources = [
  `'${kept}'`,
  kept.replace(/csv$/, 'curated.csv'),
  `${mark}${html}`,
  ...labels,
  ...rows.map(({ text }) => text)
]

function csvOf(rows: readonly PlantedRow[]): string {
  const cell = (text: string) => `"${text.replaceAll('"', '""')}"`
  const lines = rows.map(({ text, label, split }, n) =>
    [String(n), cell(text), cell(label), split].join(',')
  )
  return `id,text,label,split\n${lines.join('\n')}\n`
}

/** The page's own, in the function that is evaluated there. */
interface PageNode {
  textContent: string | null
  parentElement: PageElement | null
}
interface PageElement extends PageNode {
  outerHTML: string
  tagName: string
  className: string
  getBoundingClientRect(): { right: number }
  clientWidth: number
  scrollWidth: number
}
declare const document: {
  title: string
  documentElement: PageElement
  body: PageElement
  querySelector(selector: string): PageElement | null
  querySelectorAll(selector: string): Iterable<PageElement>
  createTreeWalker(root: PageElement, what: number): { nextNode(): PageNode | null }
}
declare function getComputedStyle(element: PageElement): { display: string; unicodeBidi: string }

/** What is wrong with how a view shows hostile texts, which come from these. */
function faults(page: Page, sources: readonly string[]): Promise<string[]> {
  return page.evaluate((known) => {
    const made = document.querySelectorAll(
      'body img, body iframe, body object, #app script, #app b, a[href^="javascript:" i], [onerror], [onclick]'
    )
    const found = Array.from(made, (element) => `made: ${element.outerHTML.slice(0, 100)}`)
    if (document.title === '1') found.push('A script has run.')
    for (const box of [document.documentElement, document.querySelector('#view')!]) {
      if (box.scrollWidth > box.clientWidth) {
        const edge = box.getBoundingClientRect().right
        const wide = Array.from(document.querySelectorAll('#view *')).filter(
          (element) => element.getBoundingClientRect().right > edge + 1
        )
        found.push(`wider than the window: ${wide.map((one) => one.tagName + one.className)}`)
      }
    }
    // A mark reaches to the end of its isolate, or else of its block: nothing else may stand there.
    const texts = document.createTreeWalker(document.body, 4)
    for (let node = texts.nextNode(); node; node = texts.nextNode()) {
      const text = node.textContent?.trim() ?? ''
      if (!/[\u202A-\u202E\u2066-\u2069]/.test(text)) continue
      let box = node.parentElement!
      const style = () => getComputedStyle(box)
      const isOpen = () => style().display.startsWith('inline') || style().display === 'contents'
      const isIsolate = () => /isolate|plaintext/.test(style().unicodeBidi)
      while (isOpen() && !isIsolate() && style().display !== 'inline-block') {
        box = box.parentElement!
      }
      const around = box.textContent?.trim() ?? ''
      // Only what comes from the data may stand within; sentences are the page's own.
      const isAlone = known.some((source) => source.includes(isIsolate() ? text : around))
      if (!isAlone) found.push(`not isolated: ${around.slice(0, 200)}`)
    }
    return found
  }, sources)
}

test('hostile texts, labels and file names are shown as text in every view', async ({
  erratum
}) => {
  const page = await erratum.open()
  const events: string[] = []
  page.on('dialog', (dialog) => {
    events.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('pageerror', (error) => events.push(`error: ${error.message}`))
  page.on('console', (message) => {
    if (message.type() === 'error') events.push(`console: ${message.text()}`)
  })
  const views: Record<string, string[]> = {}
  const look = async (view: string) => {
    views[view] = await faults(page, sources)
  }

  await importFilms(page, csvOf(rows), file)
  await expect(page.getByRole('list', { name: 'Rows' }).getByRole('button').first()).toBeVisible()
  await look('data')
  await page.getByRole('list', { name: 'Rows' }).getByRole('button').first().click()
  await look('data, a row unfolded')
  await trainFilms(page, 4)
  await expect(page.getByRole('heading', { name: 'What it takes for what' })).toBeVisible()
  await look('model')
  await page.getByRole('link', { name: 'Mistakes', exact: true }).click()
  await expect(page.getByRole('row').nth(1).getByRole('gridcell').last()).not.toHaveText('…')
  await look('mistakes')
  await page.getByRole('row').nth(1).click()
  const opponents = page.getByRole('list', { name: 'Opponents' })
  await expect(opponents.getByRole('listitem').first()).toBeVisible()
  await look('bench')
  for (const row of [0, 1, 2]) {
    await opponents
      .getByRole('button', { name: /^Unfold/ })
      .first()
      .click()
    await look(`bench, ${row + 1} unfolded`)
  }
  await page.getByRole('radio', { name: /the word that pushes hardest/ }).check()
  await page.getByRole('button', { name: 'See what changes' }).click()
  await look('the diff')
  await page.getByRole('button', { name: 'Close', exact: true }).click()
  await page.getByRole('tab', { name: /^Proponents/ }).click()
  await look('bench, proponents')
  await tryFix(page)
  await expect(page.getByText(/^Fixed in \d of 2 rounds/)).toBeVisible({ timeout: 60_000 })
  await look('run')
  await page.getByRole('textbox', { name: 'Name' }).fill(`${mark}${html}`)
  await page.getByRole('textbox', { name: 'Note' }).fill(`${mark}${html}`)
  await page.getByRole('textbox', { name: 'Note' }).press('Tab')
  await expect(page.getByText('Kept with the project.')).toBeVisible()
  await look('run, named')
  await page.getByRole('link', { name: 'Keep this fix' }).click()
  await page.getByRole('button', { name: 'Export' }).click()
  await expect(page.getByRole('heading', { name: 'Written' })).toBeVisible()
  await look('export')
  await page.getByRole('link', { name: /^Runs/ }).first().click()
  await page.getByRole('checkbox').first().check()
  await look('runs')
  await page.getByRole('link', { name: 'Erratum' }).first().click()
  await expect(page.getByRole('heading', { name: 'Recent projects' })).toBeVisible()
  await look('start')

  const found = Object.entries(views).flatMap(([view, all]) => all.map((one) => `${view}: ${one}`))
  expect(found).toEqual([])
  expect(events).toEqual([])
})
