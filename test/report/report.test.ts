import { describe, expect, it } from 'vitest'
import { renderReport } from '../../src-main/report/report.ts'
import { fixSentence } from '../../src-main/report/sentences.ts'
import {
  armOf,
  baseline,
  clearFix,
  context,
  control,
  edited,
  mixedEdits,
  reportOf
} from './sample.ts'

const flat = (text: string): string => text.replace(/\s+/g, ' ')

/** Tags that were opened and never closed, or closed without having been opened. */
function unbalancedTags(document: string): string[] {
  const voids = new Set(['meta', 'br', '!doctype'])
  const open: string[] = []
  const wrong: string[] = []
  for (const [, slash, name, end] of document.matchAll(/<(\/?)([!a-z][a-z0-9]*)[^>]*?(\/?)>/gi)) {
    const tag = name!.toLowerCase()
    if (voids.has(tag) || end === '/') continue
    if (slash !== '/') open.push(tag)
    else if (open.pop() !== tag) wrong.push(tag)
  }
  return [...wrong, ...open]
}

const hostile = `"><script>alert(1)</script><img src=x onerror=alert(1)> '\u202e&amp;</title></style>`

describe('renderReport', () => {
  const document = renderReport([reportOf(clearFix, { edits: mixedEdits })], context)

  it('needs nothing else: no script, no address', () => {
    expect(document).toMatch(/^<!doctype html>/)
    expect(document).not.toMatch(/<script|<link|<img|<iframe|@import|url\(|https?:/)
    expect(document).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`)
  })

  it('is well formed, without numbers that are none', () => {
    expect(unbalancedTags(document)).toEqual([])
    expect(document).not.toMatch(/NaN|Infinity|undefined|\[object|>null</)
  })

  it('says it in a sentence, then shows the picture, then the table', () => {
    const text = flat(document)
    const sentence = text.indexOf(fixSentence(clearFix))
    const picture = text.indexOf('<svg')
    const table = text.indexOf('<td class="number">9 of 10</td>')
    expect(sentence).toBeGreaterThan(0)
    expect(picture).toBeGreaterThan(sentence)
    expect(table).toBeGreaterThan(picture)
  })

  it('draws a dot a round, filled where fixed, and a pair line a seed', () => {
    const [dots = ''] = /<svg.*?<\/svg>/s.exec(document)!
    expect(dots.match(/<circle/g)).toHaveLength(30)
    expect(dots.match(/dot edited fixed/g)).toHaveLength(9)
    expect(dots.match(/dot baseline not-fixed/g)).toHaveLength(7)
    expect(dots.match(/class="pair"/g)).toHaveLength(10)
    expect(flat(dots)).toContain('seed 3: 0.450, not fixed')
  })

  it('names every chart for a screen reader, with ids that are unique', () => {
    const ids = [...document.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id)
    expect(new Set(ids).size).toBe(ids.length)
    for (const [, labels] of document.matchAll(/aria-labelledby="([^"]+)"/g)) {
      for (const id of labels!.split(' ')) expect(ids).toContain(id)
    }
  })

  it('shows every kind of edit', () => {
    const text = flat(document)
    expect(text).toContain('<del><bdi dir="auto">a gimmick, and not a good one')
    expect(text).toMatch(/<del>gimmick<\/del>&nbsp;<ins>\[PAD\]<\/ins>.*<del>Gimmick<\/del>/)
    expect(text).toContain('<del><bdi dir="auto">##y</bdi></del>&nbsp;<ins>[PAD]</ins> in')
    expect(text).toContain('<ins><bdi dir="auto">positive</bdi></ins>')
    expect(text).toContain('<ins>weight × 0.5</ins>')
    expect(text).toMatch(/99<\/td>.*?removed/)
  })

  it('shades words by sign and size, and lists them with their sign', () => {
    const text = flat(document)
    expect(text).toMatch(/<mark class="against" style="--share: 100%" title="−6.9" ?>Gimmick/)
    expect(text).toMatch(/<mark class="for" style="--share: 20%" title="\+0\.80" ?>brilliant/)
    expect(text).toContain('<bdi dir="auto">##y</bdi> <span class="number">−1.9</span>')
  })

  it('says how to make it again', () => {
    expect(document).toContain(
      'erratum fix DIR --example 4182 --action remove --k 50 --method tracin-we-topk --rounds 10 --control'
    )
    expect(document).toContain(context.data.fingerprint)
    expect(document).toContain('0, 1, 2, 3, 4, 5, 6, 7, 8, 9')
    expect(document).toContain('{&quot;embedding&quot;:128}')
  })

  it('escapes hostile data wherever data go', () => {
    const words = [{ word: hostile, influence: -1 }]
    const report = reportOf(clearFix, {
      text: hostile,
      trueLabel: hostile,
      predictedLabel: hostile,

      edits: [
        { kind: 'pad', row: 1, wordId: 1, word: hostile },
        { kind: 'pad', row: 2, wordId: 1, word: hostile },
        { kind: 'relabel', row: 1, class: 0 }
      ],
      collateral: {
        ...clearFix.collateral,
        examples: [
          { example: 1, text: hostile, trueLabel: hostile, baselineRight: 1, editedRight: 0 }
        ]
      }
    })
    const row = { row: 1, text: hostile, label: hostile }
    const attacked = renderReport([report, reportOf(clearFix, { k: 60 })], {
      ...context,
      projectName: hostile,
      appVersion: hostile,
      createdAt: hostile,
      data: { ...context.data, file: hostile, fingerprint: hostile, labels: [hostile] },
      model: hostile,
      training: { [hostile]: hostile, nested: { [hostile]: [hostile] } },
      opponents: new Map([[report.example, [{ ...row, influence: -1, words }]]])
    })
    expect(attacked).not.toMatch(/<script|<img/)
    expect(attacked.match(/<\/title>/g)!.length).toBe(attacked.match(/<title/g)!.length)
    expect(attacked.match(/<\/style>/g)).toHaveLength(1)
    expect(unbalancedTags(attacked)).toEqual([])
  })

  it('survives extremes: one round, all fixed, empty text, nothing to list', () => {
    const one = reportOf(
      { baseline: armOf([0]), edited: armOf([1]) },
      { text: '', edits: [], k: 0, seconds: 0 }
    )
    const smallest = renderReport([one], { ...context, opponents: new Map(), training: {} })
    expect(unbalancedTags(smallest)).toEqual([])
    expect(smallest).not.toMatch(/NaN|undefined/)
    expect(smallest).not.toContain('Strongest opponents')
  })
})

describe('a report of several fixes', () => {
  const reports = [10, 50, 200].flatMap((k) => [
    reportOf({ baseline, edited, control }, { k }),
    reportOf({ baseline, edited: control, control }, { k, action: 'pad' })
  ])
  const document = renderReport(reports, context)

  it('has a section a fix, and links to them', () => {
    expect(document.match(/<section class="fix"/g)).toHaveLength(6)
    for (const [, id] of document.matchAll(/href="#([^"]+)"/g)) {
      expect(document).toContain(`id="${id}"`)
    }
  })

  it('draws a curve an action over k, with its band', () => {
    expect(document.match(/<polyline/g)).toHaveLength(2)
    expect(document.match(/<polygon/g)).toHaveLength(2)
    expect(document).toContain('remove: 90 % at k = 10, 90 % at k = 50, 90 % at k = 200.')
  })

  it('draws no curve through a single k', () => {
    expect(renderReport(reports.slice(0, 2), context)).not.toContain('<polyline')
  })
})
