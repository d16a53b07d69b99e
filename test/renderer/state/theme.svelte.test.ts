import { expect, it, vi } from 'vitest'

/** A browser whose system is dark or not, and a page that was loaded in it. */
async function load(systemIsDark: boolean) {
  let change: (event: { matches: boolean }) => void = () => undefined
  const query = {
    matches: systemIsDark,
    addEventListener: (_: string, listener: typeof change) => (change = listener)
  }
  vi.stubGlobal('matchMedia', () => query)
  vi.resetModules()
  const { theme } = await import('../../../src-renderer/state/theme.svelte.ts')
  return { theme, turn: (isDark: boolean) => change({ matches: isDark }) }
}

it('is as the system has it, also when that changes', async () => {
  const { theme, turn } = await load(true)
  expect([theme.choice, theme.isDark]).toEqual(['system', true])
  turn(false)
  expect(theme.isDark).toBe(false)
})

it('is what was chosen, whatever the system has, and after a reload as well', async () => {
  const { theme, turn } = await load(true)
  theme.choose('light')
  turn(true)
  expect(theme.isDark).toBe(false)
  theme.apply()
  expect(document.documentElement.dataset['theme']).toBe('light')
  expect((await load(true)).theme.choice).toBe('light')
})

it('is the system’s where what was kept is no theme', async () => {
  localStorage.setItem('erratum-theme', 'sepia')
  expect((await load(false)).theme.choice).toBe('system')
})
