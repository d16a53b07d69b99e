import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openSource } from '../../src-main/dataset/sources.ts'
import { applyEdits } from '../../src-main/export/apply.ts'
import { identifyData } from '../../src-main/export/content-hash.ts'
import { describeEdits, describeFix } from '../../src-main/export/describe.ts'
import { editsVersion, writeEditsFile, type EditsFile } from '../../src-main/export/edits-file.ts'
import { exportCurated } from '../../src-main/export/write-curated.ts'
import type { Edit } from '../../src-main/fix/edits.ts'
import type { ArmReport } from '../../src-main/retrain/fix-report.ts'
import { columns, workspace } from './workspace.ts'
import { wordTokenizer } from '../../src-main/tokens/tokenizer.ts'
import { specialTokens, Vocabulary } from '../../src-main/tokens/vocabulary.ts'

const csv =
  'id,text,label\r\n0,"A bad, BAD film",neg\r\n1,good,pos\r\n2,so so,neg\r\n3,bad luck,pos\r\n'
const texts = ['A bad, BAD film', 'good', 'so so', 'bad luck']
const edits: Edit[] = [
  { kind: 'pad', row: 0, wordId: 7, word: 'bad' },
  { kind: 'remove', row: 1 },
  { kind: 'relabel', row: 2, class: 1 },
  { kind: 'weight', row: 3, weight: 0.5 }
]
const arm: ArmReport = {
  fixed: 1,
  rounds: 2,
  probability: 0.5,
  interval: [0.1, 0.9],
  meanTrueProbability: 0.4,
  accuracy: 0.8,
  byRound: []
}

/** A folder with a data file, its edits.json and what the export wrote. */
async function exportedFix(): Promise<{ folder: string; edits: string; curated: string }> {
  const folder = await workspace()
  const data = join(folder, 'data.csv')
  const curated = join(folder, 'curated.csv')
  await writeFile(data, csv)
  const source = await openSource(data)
  const fileEdits = describeEdits(edits, {
    dataset: { labels: ['neg', 'pos'], text: (row) => [texts[row]!] },
    columns,
    tokenizer: wordTokenizer(new Vocabulary([...specialTokens])),
    why: ({ row }) => ({ reason: 'It pushes towards pos.', influence: -row })
  })
  await exportCurated({ source, columns, edits: fileEdits, into: curated })
  const identity = await identifyData(source, columns)
  const fix = describeFix({
    example: 3,
    text: 'bad luck',
    trueLabel: 'pos',
    predictedLabel: 'neg',
    method: 'tracin-we-topk',
    action: 'pad',
    k: 4,
    seeds: [1, 2],
    stablyWrong: true,
    baseline: arm,
    control: null,
    edited: arm,
    uplift: { difference: 0, interval: [-0.5, 0.5], pValue: 1 },
    collateral: { newlyWrong: 0, newlyRight: 0, baselineChurn: 0, examples: [] },
    edits,
    seconds: 1,
    devices: ['cpu']
  })
  const file: EditsFile = {
    format: 'erratum-edits',
    version: editsVersion,
    erratum: '0.1.0',
    createdAt: new Date(0).toISOString(),
    data: { ...identity, file: 'data.csv', fingerprint: 'of the data set' },
    fixes: [fix],
    edits: fileEdits
  }
  await writeEditsFile(join(folder, 'edits.json'), file)
  return { folder, edits: join(folder, 'edits.json'), curated }
}

describe('replaying edits', () => {
  it('writes what the export wrote', async () => {
    const { folder, edits, curated } = await exportedFix()
    const out = join(folder, 'again.csv')
    await applyEdits(edits, join(folder, 'data.csv'), out)
    expect(await readFile(out, 'utf8')).toBe(
      'id,text,label,weight\r\n0,"A [PAD], [PAD] film",neg,1\r\n2,so so,pos,1\r\n3,bad luck,pos,0.5\r\n'
    )
    expect(await readFile(out)).toEqual(await readFile(curated))
  })

  it.each(['jsonl', 'parquet', 'tsv'] as const)('works on the data as %s', async (format) => {
    const { folder, edits, curated } = await exportedFix()
    const data = join(folder, `data.${format}`)
    const source = await openSource(join(folder, 'data.csv'))
    await exportCurated({ source, columns, edits: [], into: data, format })
    await applyEdits(edits, data, join(folder, `again.${format}`))
    await applyEdits(edits, data, join(folder, 'again.csv'))
    const again = await readFile(join(folder, 'again.csv'), 'utf8')
    expect(again).toBe((await readFile(curated, 'utf8')).replaceAll('\r\n', '\n'))
  })
})

describe('other data', () => {
  const cases: [name: string, content: string, message: RegExp][] = [
    [
      'of another length',
      `${csv}4,more,pos\r\n`,
      /has 5 rows and the edits were made for 4, of data\.csv/
    ],
    [
      'without a column',
      csv.replace('label', 'class'),
      /has no column "label"; its columns are id/
    ],
    ['with another text', csv.replace('so so', 'so-so'), /as many rows .* columns text, label/],
    ['with another label', csv.replace('film",neg', 'film",pos'), /other content/],
    [
      'with another text at a word',
      csv.replace('A bad', 'No bad'),
      /row 0, column text: the edits pad the word "bad" at 2 to 5, where the text has " ba"/
    ]
  ]
  it.each(cases)('%s is refused, and nothing is written', async (_, content, message) => {
    const { folder, edits } = await exportedFix()
    await writeFile(join(folder, 'other.csv'), content)
    const before = await readdir(folder)
    const applied = applyEdits(edits, join(folder, 'other.csv'), join(folder, 'again.csv'))
    await expect(applied).rejects.toMatchObject({ code: 'other-data' })
    await expect(applied).rejects.toThrow(message)
    expect(await readdir(folder)).toEqual(before)
  })
})
