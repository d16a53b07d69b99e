import { describe, expect, it } from 'vitest'
import { ErratumError } from '../../src-main/errors.ts'
import {
  parseEditsFile,
  type DescribedFix,
  type EditsFile
} from '../../src-main/export/edits-file.ts'

const arm = {
  fixed: 1,
  rounds: 10,
  probability: 0.1,
  interval: [0.02, 0.4],
  meanTrueProbability: 0.3,
  accuracy: 0.8
} as DescribedFix['result']['baseline']
const valid: EditsFile = {
  format: 'erratum-edits',
  version: 1,
  erratum: '0.1.0',
  createdAt: '2026-11-22T20:00:00.000Z',
  data: {
    file: 'reviews.csv',
    format: 'csv',
    rows: 10,
    fingerprint: 'f',
    sourceSha256: 'a'.repeat(64),
    contentSha256: 'b'.repeat(64),
    columns: { text: 'text', label: 'label' }
  },
  fixes: [
    {
      example: { row: 3, text: 'bad luck', trueLabel: 'pos', predictedLabel: 'neg' },
      method: 'tracin-we-topk',
      action: 'pad',
      k: 1,
      seeds: [1],
      result: {
        baseline: arm,
        control: arm,
        edited: arm,
        uplift: { difference: 0, interval: [-0.1, 0.1], pValue: 1 }
      }
    }
  ],
  edits: [
    {
      kind: 'pad',
      row: 0,
      word: 'bad',
      spans: [{ column: 'text', start: 0, end: 3 }],
      reason: 'It pushes towards neg.',
      influence: -0.1
    }
  ]
}

describe('edits.json', () => {
  it('comes back as it was written', () => {
    expect(parseEditsFile('edits.json', JSON.stringify(valid))).toEqual(valid)
  })

  const cases: [name: string, value: unknown, message: RegExp][] = [
    ['another document', { edits: [] }, /edits\.json is not a file of edits/],
    ['a newer version', { ...valid, version: 2 }, /is of version 2, .* Update Erratum/],
    ['a wrong kind', { ...valid, edits: [{ kind: 'swap', row: 0 }] }, /field edits\[0\]\.kind/],
    ['a missing row', { ...valid, edits: [{ kind: 'remove' }] }, /field edits\[0\]\.row/],
    [
      'an empty span',
      {
        ...valid,
        edits: [{ ...valid.edits[0], spans: [{ column: 'text', start: 3, end: 3 }] }]
      },
      /field edits\[0\]\.spans\[0\]: must end after its start/
    ],
    [
      'a negative weight',
      { ...valid, edits: [{ kind: 'weight', row: 0, weight: -1, reason: '', influence: 0 }] },
      /field edits\[0\]\.weight/
    ],
    ['no fix at all', { ...valid, fixes: [] }, /field fixes/],
    ['a wrong hash', { ...valid, data: { ...valid.data, contentSha256: 'x' } }, /contentSha256/]
  ]
  it.each(cases)('refuses %s, naming the field', (_, value, message) => {
    expect(() => parseEditsFile('edits.json', JSON.stringify(value))).toThrow(message)
    expect(() => parseEditsFile('edits.json', JSON.stringify(value))).toThrow(ErratumError)
  })

  it('refuses what is no JSON', () => {
    expect(() => parseEditsFile('edits.json', '{')).toThrow(/edits\.json is not JSON/)
  })
})
