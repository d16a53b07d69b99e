import { describe, expect, it } from 'vitest'
import {
  accuracySentence,
  actionTitle,
  cautions,
  collateralSentence,
  fixSentence,
  upliftSentence
} from '../../src-main/report/sentences.ts'
import { armOf, baseline, clearFix, control, edited, reportOf } from './sample.ts'

/** An arm of `rounds` rounds of which the first `fixed` are fixed. */
const arm = (fixed: number, rounds: number): ReturnType<typeof armOf> =>
  armOf(Array.from({ length: rounds }, (_, i) => (i < fixed ? 0.8 : 0.2)))

describe('fixSentence', () => {
  it('says that a clear fix is unlikely to be luck', () => {
    expect(fixSentence(clearFix)).toBe(
      'Fixed in 9 of 10 rounds (90 %, likely between 60 and 98 %). ' +
        'Without the edit: 3 of 10; with random rows instead: 3 of 10. ' +
        'This difference is unlikely to be luck (p = 0.031).'
    )
  })

  it('says as plainly that it may be luck', () => {
    const sentence = fixSentence(reportOf({ baseline: arm(3, 10), edited: arm(5, 10) }))
    expect(sentence).toMatch(/This difference may be luck \(p = 0\.5\)\. More rounds would tell\.$/)
    expect(sentence).toContain('Without the edit: 3 of 10. ')
  })

  it('says that too few rounds cannot tell', () => {
    expect(fixSentence(reportOf({ baseline: arm(0, 5), edited: arm(5, 5) }))).toMatch(
      /may be luck \(p = 0\.063\)\. Fewer than 6 rounds can never tell: run more\.$/
    )
    expect(fixSentence(reportOf({ baseline: arm(0, 6), edited: arm(6, 6) }))).toMatch(
      /unlikely to be luck \(p = 0\.031\)\.$/
    )
  })

  it('says when the edit does nothing, does not help, or harms', () => {
    const same = reportOf({ baseline: arm(4, 10), edited: arm(4, 10) })
    expect(fixSentence(same)).toMatch(/makes no difference/)
    const less = reportOf({ baseline: arm(4, 10), edited: arm(3, 10) })
    expect(fixSentence(less)).toMatch(/does not help: .* may be luck \(p = 1\)/)
    const worse = reportOf({ baseline: arm(10, 10), edited: arm(0, 10) })
    expect(fixSentence(worse)).toMatch(
      /makes it worse, and that is unlikely to be luck \(p = 0\.002/
    )
  })
})

describe('the other sentences', () => {
  it('name the edit', () => {
    expect(actionTitle({ action: 'remove', k: 1 })).toBe('Remove 1 opponent')
    expect(actionTitle({ action: 'pad', k: 50 })).toBe('Pad the worst word of 50 opponents')
  })

  it('give the uplift with its interval', () => {
    expect(upliftSentence(clearFix)).toMatch(/by \+60 percentage points, likely between \+\d+ and/)
  })

  it('hold the accuracy to the spread of the seeds', () => {
    expect(accuracySentence(clearFix)).toMatch(/0\.912 → 0\.911 \(within the spread .*±0\.002\)/)
    const costly = reportOf({ baseline, edited: { ...edited, accuracy: 0.85 } })
    expect(accuracySentence(costly)).toMatch(/more than the spread of the seeds/)
    expect(accuracySentence(reportOf({ baseline: arm(0, 1), edited: arm(1, 1) }))).toBe(
      'Accuracy 0.910 → 0.910.'
    )
  })

  it('hold the collateral to what retraining alone does', () => {
    expect(collateralSentence(clearFix)).toBe(
      'Elsewhere, a round: 4.2 newly wrong, 6 newly right. ' +
        'Two rounds without any edit differ in 9.3.'
    )
  })
})

describe('cautions', () => {
  it('are none for a clear fix', () => {
    expect(cautions(clearFix)).toEqual([])
  })

  it('warn of an example that is not stably wrong, and of random rows that do as well', () => {
    const doubtful = reportOf({ baseline: arm(6, 10), edited: arm(9, 10), control: arm(9, 10) })
    expect(cautions(doubtful)).toEqual([
      expect.stringMatching(/not stably wrong: retraining alone fixes it in 6 of 10 rounds/),
      expect.stringMatching(/Random rows do as well as the opponents \(9 of 10 rounds\)/)
    ])
  })

  it('warn of arms that two devices have computed', () => {
    const mixed = reportOf({ baseline, edited, control }, { devices: ['webgpu', 'cpu'] })
    expect(cautions(mixed)).toEqual([
      'Its rounds were computed on the GPU (WebGPU) and the CPU, which round differently: some of what ' +
        'the arms differ by may come from that. Tried again on one device, it compares like with like.'
    ])
  })
})
