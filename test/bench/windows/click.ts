/** From a click on a mistake until its opponents are painted. */
import type { Figure } from './figures.ts'
import { fullFolder } from './folders.ts'
import { openView } from './moves.ts'
import type { WindowBench } from './window-bench.ts'

const mistakes = 15

/** The first click of a model, the first after a start at once and after a look, and the others. */
export async function opponentsOfMistakes(bench: WindowBench): Promise<Figure[]> {
  const extracting = await clicks(bench, { count: 1 })
  const opening = await clicks(bench, { count: 1 })
  const [looked, ...following] = await clicks(bench, { count: mistakes + 1, afterMs: 3000 })
  const name = 'a click on a mistake, 10,000 training rows'
  return [
    { name: `${name}: first of the model, gradients extracted`, ms: extracting },
    { name: `${name}: first after a start, at once`, ms: opening },
    { name: `${name}: first after a start, a look later`, ms: [looked!] },
    { name: `${name}: the next ${mistakes}`, ms: following, target: { of: 'median', ms: 200 } }
  ]
}

/** Clicks after a start, when the list has been looked at for some time. */
async function clicks(
  bench: WindowBench,
  { count, afterMs = 0 }: { count: number; afterMs?: number }
): Promise<number[]> {
  await using window = await bench.open(fullFolder)
  const { page } = window
  await openView(page, 'Reviews', 'Mistakes')
  await page.waitForTimeout(afterMs)
  const ms: number[] = []
  for (let n = 0; n < count; n++) {
    const row = page.getByRole('row').nth(1 + n)
    await row.getByText('…', { exact: true }).waitFor({ state: 'detached' })
    const time = page.evaluate(() =>
      globalThis.pageSide.clickUntil('[aria-label="Opponents"] [role="listitem"]')
    )
    await row.click()
    ms.push(await time)
    await page.getByRole('link', { name: 'Mistakes', exact: true }).first().click()
    await page.getByRole('row').nth(1).waitFor()
  }
  return ms
}
