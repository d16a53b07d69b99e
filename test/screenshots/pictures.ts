/** Takes a picture of a window in both themes. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { root } from '../../src-main/installation.ts'

export interface Pictures {
  /** Where they go, from the root of the checkout. */
  folder: string
  /** How many rounds a run has; 3 unless given. */
  rounds?: number
  /** Whether texts and labels are such as strain the layout. */
  strained?: boolean
}

const themes = ['light', 'dark'] as const

/** Writes NAME-light.png and NAME-dark.png, once what fades in is there. */
export async function shoot(page: Page, { folder }: Pictures, name: string): Promise<void> {
  mkdirSync(join(root, folder), { recursive: true })
  // Nothing is pointed at, so no tooltip lies over it.
  await page.mouse.move(0, 0)
  for (const colorScheme of themes) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.waitForTimeout(300)
    await page.screenshot({ path: join(root, folder, `${name}-${colorScheme}.png`) })
  }
}
