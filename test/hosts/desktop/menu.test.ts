import type { MenuItemConstructorOptions } from 'electron'
import { describe, expect, it } from 'vitest'
import { menuTemplate } from '../../../src-main/hosts/desktop/menu.ts'

const platforms = ['linux', 'win32', 'darwin'] as const

/** The menu of a platform, and what its items have done. */
function menuOf(platform: NodeJS.Platform) {
  const done: string[] = []
  const menus = menuTemplate(
    { openWindow: () => void done.push('window'), go: (address) => void done.push(address) },
    platform
  )
  const items = menus.flatMap(({ submenu }) => (Array.isArray(submenu) ? submenu : []))
  return { done, menus, items }
}

function choose(items: MenuItemConstructorOptions[], label: string): void {
  const item = items.find((each) => each.label === label)
  ;(item!.click as () => void)()
}

describe.each(platforms)('the menu on %s', (platform) => {
  it('leads to views of the page and opens windows', () => {
    const { done, items } = menuOf(platform)
    for (const label of ['New Project…', 'All Projects', 'New Window', 'Settings']) {
      choose(items, label)
    }
    expect(done).toEqual(['#/new', '#/', 'window', '#/settings'])
  })

  it('has every key once', () => {
    const keys = menuOf(platform).items.flatMap(({ accelerator }) => accelerator ?? [])
    expect(keys.length).toBeGreaterThan(0)
    expect(new Set(keys).size).toBe(keys.length)
  })

  it('ends the application, or closes the window, as the platform has it', () => {
    const { menus, items } = menuOf(platform)
    const roles = items.flatMap(({ role }) => role ?? [])
    const isMac = platform === 'darwin'
    expect(roles.includes('quit')).toBe(!isMac)
    expect(roles.includes('close')).toBe(isMac)
    expect(menus[0]?.role === 'appMenu').toBe(isMac)
    expect(menus.map(({ role }) => role)).toContain('editMenu')
  })
})
