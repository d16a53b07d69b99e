/** Frames while the core works on all cores. */
import type { Page } from '@playwright/test'
import type { Figure } from './figures.ts'
import { fullFolder } from './folders.ts'
import { frameFigure, framesDuring, openView, scroll } from './moves.ts'
import type { WindowBench } from './window-bench.ts'

const seconds = 6

/** A training: its curves filling, then other views meanwhile. */
export async function framesOfTraining(bench: WindowBench): Promise<Figure[]> {
  await using window = await bench.open(fullFolder)
  const { page } = window
  await openView(page, 'Essays', 'Model')
  await page.getByRole('spinbutton', { name: 'Epochs' }).fill('100')
  await page.getByRole('button', { name: /^Train/ }).click()
  await page
    .getByText(/epoch \d+ of 100, loss/)
    .first()
    .waitFor()
  // Awaited here: the window is there no longer than this function.
  return await framesMeanwhile(page, 'a training', 'its curves filling')
}

/** Rounds: those of 10,000 rows, which take seconds, and those of 300, of which many end a second. */
export async function framesOfRounds(bench: WindowBench): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const [project, rounds] of [
    ['Reviews', 100],
    ['Films', 200]
  ] as const) {
    await using window = await bench.open(fullFolder)
    const { page } = window
    await openView(page, project, 'Mistakes')
    await page.getByRole('row').nth(1).click()
    await page.getByRole('spinbutton', { name: 'Rounds' }).fill(String(rounds))
    await page.getByRole('button', { name: 'Retrain' }).click()
    await page
      .getByText(/^\d+ rounds? of \d+ ended/)
      .first()
      .waitFor()
    const during = project === 'Films' ? 'short rounds' : 'long rounds'
    figures.push(...(await framesMeanwhile(page, during, 'their charts filling')))
  }
  return figures
}

async function framesMeanwhile(page: Page, work: string, charts: string): Promise<Figure[]> {
  const watching = await framesDuring(page, () => scroll(page, seconds))
  await openView(page, 'Remarks', 'Mistakes')
  await page.getByRole('row').nth(5).waitFor()
  const scrolled = await framesDuring(page, () => scroll(page, seconds))
  const opened = await framesDuring(page, async () => {
    for (let n = 0; n < 4; n++) {
      await openView(page, 'Reviews', 'Data')
      await openView(page, 'Reviews', 'Model')
    }
  })
  return [
    frameFigure(`during ${work}: ${charts}`, watching),
    frameFigure(`during ${work}: scrolling the mistakes`, scrolled),
    { name: `during ${work}: opening views`, ms: opened, frames: true }
  ]
}
