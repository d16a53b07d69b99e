import { describe, expect, it } from 'vitest'
import { progressMeter } from '../../src-main/jobs/progress.ts'

/** A clock that stands still until it is told otherwise. */
function clock(): { now: () => number; set(seconds: number): void } {
  let ms = 5000
  return { now: () => ms, set: (seconds) => void (ms = 5000 + 1000 * seconds) }
}

describe('progressMeter', () => {
  it('is linear over what is done', () => {
    const { now, set } = clock()
    const progress = progressMeter({ total: 10, now })
    set(20)
    expect(progress(4, 'round 5')).toEqual({
      done: 4,
      total: 10,
      secondsLeft: 30,
      message: 'round 5'
    })
  })

  it('says nothing while there is too little to go by', () => {
    const { now, set } = clock()
    const progress = progressMeter({ total: 10, now })
    expect(progress(0, '').secondsLeft).toBeNull()
    set(0.1)
    expect(progress(1, '').secondsLeft).toBeNull()
    set(60)
    expect(progress(0, '').secondsLeft).toBeNull()
    expect(progress(0.001, '').secondsLeft).toBeNull()
  })

  it('does not take what was there before for speed', () => {
    const { now, set } = clock()
    const progress = progressMeter({ total: 20, alreadyDone: 10, now })
    set(10)
    expect(progress(10, '').secondsLeft).toBeNull()
    expect(progress(15, '').secondsLeft).toBe(10)
  })

  it('ends at zero, also when more is done than was expected, or nothing had to be', () => {
    const { now, set } = clock()
    const progress = progressMeter({ total: 2, alreadyDone: 2, now })
    expect(progress(2, '').secondsLeft).toBe(0)
    set(9)
    expect(progress(3, '').secondsLeft).toBe(0)
  })

  it('has no time left without a total', () => {
    const { now, set } = clock()
    const progress = progressMeter({ total: null, now })
    set(9)
    expect(progress(3, '').secondsLeft).toBeNull()
  })
})
