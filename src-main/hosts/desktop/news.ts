/** What the desktop shows of jobs outside of any window. */
import type { BrowserWindow } from 'electron'
import type { CoreOptions } from '../core-thread.ts'

/** Jobs that took less are seen as they end. */
const longSeconds = 20

/** What the news are shown by: Electron's windows and notifications. */
export interface NewsBoard {
  windows(): Pick<BrowserWindow, 'setProgressBar' | 'show' | 'isFocused'>[]
  notify(news: { title: string; body: string }, clicked: () => void): void
}

/** Shows how far jobs are, and that they have ended. */
export function newsOn(board: NewsBoard): Required<Pick<CoreOptions, 'onProgress' | 'onEnded'>> {
  return {
    // On the icon of each window; less than nothing takes the bar away.
    onProgress(fraction) {
      for (const window of board.windows()) window.setProgressBar(fraction ?? -1)
    },
    // Only of what took long, and only to someone who looks elsewhere.
    onEnded({ title, state, seconds }) {
      if (seconds < longSeconds || board.windows().some((window) => window.isFocused())) return
      const news = { title: state === 'done' ? 'Done' : 'Failed', body: title }
      board.notify(news, () => board.windows()[0]?.show())
    }
  }
}
