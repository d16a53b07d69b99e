/** What a user does in the measured windows. */
import type { Page } from '@playwright/test'
import type { Figure } from './figures.ts'

/** 60 frames a second but for one in twenty: a frame that is late comes with the next one. */
export const smooth = { of: '95 %', ms: 25 } as const

/** Goes to a view of a project, over the start view. */
export async function openView(page: Page, project: string, view: string): Promise<void> {
  await page.getByRole('link', { name: 'Erratum' }).first().click()
  await page.getByRole('main').getByRole('link', { name: project, exact: true }).click()
  await page.getByRole('link', { name: view, exact: true }).first().click()
  await page.getByRole('heading', { name: view, exact: true }).waitFor()
}

/** Frames of the page while something is done in it. */
export async function framesDuring(page: Page, work: () => Promise<void>): Promise<number[]> {
  await page.evaluate(() => globalThis.pageSide.startFrames())
  await work()
  return page.evaluate(() => globalThis.pageSide.stopFrames())
}

/** Pixels of a turn of the wheel: reading, skimming, and flinging through all of it. */
const turns = [60, 300, 1500, 12_000]

/** Turns the wheel over the middle of the window, slowly and then faster and faster, and back. */
export async function scroll(page: Page, seconds: number): Promise<void> {
  await page.mouse.move(640, 600)
  const all = [...turns, ...turns.map((pixels) => -pixels)]
  for (const pixels of all) {
    const end = performance.now() + (1000 * seconds) / all.length
    while (performance.now() < end) await page.mouse.wheel(0, pixels)
  }
}

/** A figure of frames that are to be smooth. */
export function frameFigure(name: string, ms: readonly number[]): Figure {
  return { name, ms, frames: true, target: smooth }
}
