import { describe, expect, test } from 'vitest'
import { doubtsAbout } from '../../src-main/training/soundness.ts'

/** A model of two classes that has learned and has finished. */
const sound = {
  accuracy: 0.75,
  majorityShare: 0.5,
  heldOutLosses: [0.53, 0.5, 0.55],
  startLoss: Math.log(2)
}

describe('a model is doubted', () => {
  test('not when it has learned, even if its loss rises in the end', () => {
    expect(doubtsAbout(sound)).toEqual([])
  })

  test('when it is hardly better than the largest class', () => {
    const [doubt, ...others] = doubtsAbout({ ...sound, accuracy: 0.93, majorityShare: 0.92 })
    expect(others).toEqual([])
    expect(doubt).toMatch(/hardly learned: 93.0 % accuracy, .* largest class gives 92.0 %/)
  })

  test('when its held-out loss still falls steeply', () => {
    const four = { accuracy: 0.58, majorityShare: 0.25, startLoss: Math.log(4) }
    const [doubt] = doubtsAbout({ ...four, heldOutLosses: [1.35, 1.2, 1.05] })
    expect(doubt).toMatch(/still falls steeply \(1.200 to 1.050 in the last epoch\)/)
  })

  test('not for a small fall of a loss that is small already, nor after a single epoch', () => {
    expect(doubtsAbout({ ...sound, accuracy: 0.97, heldOutLosses: [0.083, 0.064] })).toEqual([])
    expect(doubtsAbout({ ...sound, heldOutLosses: [0.4] })).toEqual([])
  })
})
