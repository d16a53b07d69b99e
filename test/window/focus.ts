/** Going about the windows without the mouse, with an eye on where the focus is. */
import type { Locator, Page } from '@playwright/test'
import { expect } from './erratum.ts'

interface Focused {
  /** For messages: what has the focus. */
  name: string
  /** The view as a whole: where a new view begins. */
  isView: boolean
  hasOutline: boolean
  isSeen: boolean
}

/** The page's own, in the function that is evaluated there. */
interface PageElement {
  id: string
  tagName: string
  outerHTML: string
  ownerDocument: { elementFromPoint(x: number, y: number): PageElement | null }
  matches(selector: string): boolean
  contains(other: PageElement): boolean
  getBoundingClientRect(): { left: number; top: number; width: number; height: number }
}
declare const document: { activeElement: PageElement | null; body: PageElement }
declare function getComputedStyle(element: PageElement): {
  outlineStyle: string
  outlineWidth: string
}

function focused(page: Page): Promise<Focused> {
  return page.evaluate(() => {
    const element = document.activeElement ?? document.body
    const { outlineStyle, outlineWidth } = getComputedStyle(element)
    const { left, top, width, height } = element.getBoundingClientRect()
    const there = element.ownerDocument.elementFromPoint(left + width / 2, top + height / 2)
    return {
      name: element.outerHTML.slice(0, 120),
      isView: element.id === 'view',
      hasOutline:
        element.matches(':focus-visible') && outlineStyle !== 'none' && outlineWidth !== '0px',
      isSeen: there !== null && (element.contains(there) || there.contains(element))
    }
  })
}

/** Expects that what has the focus shows it, and lies in view. */
export async function expectFocusSeen(page: Page): Promise<void> {
  await expect(async () => {
    const { name, isView, hasOutline, isSeen } = await focused(page)
    if (isView) return
    expect({ name, hasOutline, isSeen }).toEqual({ name, hasOutline: true, isSeen: true })
  }).toPass({ timeout: 5000 })
}

/** Presses Tab until the element has the focus, which is seen all the way there. */
export async function tabTo(page: Page, wanted: Locator, key = 'Tab'): Promise<void> {
  await expect(wanted).toBeVisible()
  for (let presses = 0; presses < 60; presses++) {
    await page.keyboard.press(key)
    await expectFocusSeen(page)
    if (await wanted.evaluate((element) => element.matches(':focus'))) return
  }
  throw new Error(`The keyboard does not get to ${wanted.toString()} by ${key}.`)
}

/** Goes to the element by Tab, and presses Enter on it. */
export async function enter(page: Page, wanted: Locator, key = 'Tab'): Promise<void> {
  await tabTo(page, wanted, key)
  await page.keyboard.press('Enter')
}

/** Goes to the field by Tab, and writes into it instead of what is there. */
export async function write(page: Page, field: Locator, text: string): Promise<void> {
  await tabTo(page, field)
  await page.keyboard.press('Control+a')
  await page.keyboard.type(text)
}

/** Expects that the focus has come to the beginning of the view. */
export async function expectFocusInView(page: Page): Promise<void> {
  await expect.poll(async () => (await focused(page)).isView).toBe(true)
}
