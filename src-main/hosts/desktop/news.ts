/** What the desktop shows of jobs outside of any window. */
import { BrowserWindow, Notification } from 'electron'

/** Jobs that took less are seen as they end. */
const longSeconds = 20

/** How far the running job is, on the icon of each window; null: none runs. */
export function showProgress(fraction: number | null): void {
  for (const window of BrowserWindow.getAllWindows()) window.setProgressBar(fraction ?? -1)
}

/** Tells of a long job's end, unless a window of Erratum is being looked at. */
export function tellOfEnd(job: { title: string; state: 'done' | 'failed'; seconds: number }): void {
  const isLookedAt = BrowserWindow.getFocusedWindow() !== null
  if (job.seconds < longSeconds || isLookedAt || !Notification.isSupported()) return
  const notification = new Notification({
    title: job.state === 'done' ? 'Done' : 'Failed',
    body: job.title
  })
  notification.on('click', () => BrowserWindow.getAllWindows()[0]?.show())
  notification.show()
}
