/** The theme: light, dark, or as the system has it. Kept in the browser, as it is a window's own. */

export const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

const key = 'erratum-theme'
const systemIsDark = matchMedia('(prefers-color-scheme: dark)')

class ThemeChoice {
  choice = $state<Theme>(themes.find((each) => each === localStorage.getItem(key)) ?? 'system')
  #systemIsDark = $state(systemIsDark.matches)
  readonly isDark = $derived(
    this.choice === 'dark' || (this.choice === 'system' && this.#systemIsDark)
  )

  constructor() {
    systemIsDark.addEventListener('change', ({ matches }) => (this.#systemIsDark = matches))
  }

  choose(choice: Theme): void {
    this.choice = choice
    localStorage.setItem(key, choice)
  }

  /** Puts the theme on the page. */
  apply(): void {
    document.documentElement.dataset['theme'] = this.isDark ? 'dark' : 'light'
  }
}

export const theme = new ThemeChoice()
