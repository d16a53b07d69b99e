/** Frames while 100,000 rows are scrolled by the wheel. */
import type { Figure } from './figures.ts'
import { fullFolder } from './folders.ts'
import { frameFigure, framesDuring, openView, scroll } from './moves.ts'
import type { WindowBench } from './window-bench.ts'

const seconds = 8

export async function scrolling(bench: WindowBench): Promise<Figure[]> {
  await using window = await bench.open(fullFolder)
  const { page } = window
  await openView(page, 'Remarks', 'Mistakes')
  await page.getByRole('row').nth(5).waitFor()
  const mistakes = Number(await page.getByRole('grid').getAttribute('aria-rowcount')) - 1
  if (mistakes < 100_000) throw new Error(`There are ${mistakes} mistakes to scroll.`)
  const scrolled = await framesDuring(page, () => scroll(page, seconds))
  await openView(page, 'Remarks', 'Data')
  const rows = page.getByRole('list', { name: 'Rows' })
  await rows.getByRole('listitem').nth(5).waitFor()
  await rows.scrollIntoViewIfNeeded()
  const data = await framesDuring(page, () => scroll(page, seconds))
  return [
    frameFigure(`scrolling ${mistakes.toLocaleString('en')} mistakes`, scrolled),
    frameFigure('scrolling 212,000 rows of the data', data)
  ]
}
