import { describe, expect, it } from 'vitest'
import { newsOn } from '../../../src-main/hosts/desktop/news.ts'

/** Windows, the focused ones marked, and what was shown by them. */
function board(focused = [false, false]) {
  const shown: string[] = []
  const windows = focused.map((isFocused, n) => ({
    isFocused: () => isFocused,
    setProgressBar: (fraction: number) => void shown.push(`window ${n}: ${fraction}`),
    show: () => void shown.push(`window ${n} comes forward`)
  }))
  let click: () => void = () => undefined
  const news = newsOn({
    windows: () => windows,
    notify({ title, body }, clicked) {
      shown.push(`${title}: ${body}`)
      click = clicked
    }
  })
  return { ...news, shown, click: () => click() }
}

const training = { title: 'Training the base model', state: 'done' as const, seconds: 20 }

describe('news of jobs', () => {
  it('show how far a job is on the icon of each window, and nothing once none runs', () => {
    const { onProgress, shown } = board()
    onProgress(0)
    onProgress(0.5)
    onProgress(null)
    expect(shown).toEqual([
      'window 0: 0',
      'window 1: 0',
      'window 0: 0.5',
      'window 1: 0.5',
      'window 0: -1',
      'window 1: -1'
    ])
  })

  it('tell of the end of a long job, and a click brings a window forward', () => {
    const { onEnded, shown, click } = board()
    onEnded(training)
    onEnded({ ...training, state: 'failed', seconds: 1000 })
    click()
    expect(shown).toEqual([
      'Done: Training the base model',
      'Failed: Training the base model',
      'window 0 comes forward'
    ])
  })

  it('tell nothing of a short job, nor to someone who looks', () => {
    const away = board()
    away.onEnded({ ...training, seconds: 19.9 })
    expect(away.shown).toEqual([])
    const here = board([false, true])
    here.onEnded(training)
    expect(here.shown).toEqual([])
  })

  it('tell even without a window', () => {
    const { onEnded, shown, click } = board([])
    onEnded(training)
    click()
    expect(shown).toEqual(['Done: Training the base model'])
  })
})
