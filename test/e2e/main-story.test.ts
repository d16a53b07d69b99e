import { createHash } from 'node:crypto'
import { copyFileSync, mkdirSync, readFileSync, readdirSync } from 'node:fs'
import { parse } from 'csv-parse/sync'
import { beforeAll, describe, expect, it } from 'vitest'
import { openSource } from '../../src-main/dataset/sources.ts'
import type { EditsFile } from '../../src-main/export/edits-file.ts'
import { parseEditsFile } from '../../src-main/export/edits-file.ts'
import type { Explanation } from '../../src-main/pipeline/explain.ts'
import type { ExportedFiles } from '../../src-main/pipeline/export.ts'
import type { Mistake } from '../../src-main/pipeline/mistakes.ts'
import type { FixReport } from '../../src-main/retrain/fix-report.ts'
import { patient, useCommandLine } from '../support/command-line.ts'
import { plantedColumns, plantedCsv, quickTraining } from '../support/planted.ts'

type Kept = FixReport & { id: string }
type Row = Record<'id' | 'text' | 'label' | 'split', string>

const cli = useCommandLine()
const rowsOf = (csv: string): Row[] => parse(csv, { columns: true })
const read = (name: string) => readFileSync(cli.at(name), 'utf8')
const original = plantedCsv()
const rows = rowsOf(original)

let mistakes: Mistake[]
let explanation: Explanation
let removal: Kept
let padding: Kept
let curve: Kept[]
/** The held-out row with `zany`, which training rows of the wrong label teach the model. */
let example: number

describe('the main job', { timeout: patient }, () => {
  beforeAll(async () => {
    cli.write('films.csv', original)
    const init = await cli.json<Record<string, unknown>>(
      ...['init', 'project', '--data', 'films.csv', ...plantedColumns]
    )
    expect(init).toMatchObject({ rows: 324, columns: ['id', 'text', 'label', 'split'] })
    expect(init['labels']).toEqual([
      { label: 'neg', train: 125, test: 37, unused: 0 },
      { label: 'pos', train: 119, test: 43, unused: 0 }
    ])
    const base = await cli.json<Record<string, unknown>>('train', 'project', ...quickTraining)
    expect(Object.keys(base).toSorted()).toEqual(
      [
        'checkpoints',
        'devices',
        'doubts',
        'epochs',
        'peakBytes',
        'seconds',
        'seed',
        'settings'
      ].toSorted()
    )
    expect(base['epochs']).toHaveLength(4)
    expect(base['doubts']).toBeInstanceOf(Array)

    mistakes = await cli.json<Mistake[]>('mistakes', 'project')
    example = mistakes.find(({ text }) => text.includes('zany'))!.example
    const about = ['--example', String(example)]
    explanation = await cli.json<Explanation>(
      ...['explain', 'project', ...about, '--scores', 'scores.csv', '--top', '15', '--threads', '1']
    )
    const rounds = ['--rounds', '6', '--threads', '1']
    removal = await cli.json<Kept>(
      ...['fix', 'project', ...about, '--action', 'remove', '--k', '12', '--control', ...rounds]
    )
    padding = await cli.json<Kept>(
      ...['fix', 'project', ...about, '--action', 'pad', '--k', '12', '--control', ...rounds]
    )
    curve = await cli.json<Kept[]>(
      ...['curve', 'project', ...about, '--action', 'remove', '--k', '0,12', ...rounds]
    )
  }, patient)

  it('lists what the model gets wrong, and only that', () => {
    expect(mistakes.length).toBeGreaterThan(0)
    for (const mistake of mistakes) {
      const row = rows[mistake.example]!
      expect(row).toMatchObject({ split: 'test', label: mistake.trueLabel, text: mistake.text })
      expect(mistake.predictedLabel).not.toBe(mistake.trueLabel)
      expect(mistake.probability).toBeLessThanOrEqual(0.5)
      expect(mistake.baseline).toBeNull()
    }
  })

  it('finds the rows of the wrong label behind a mistake', () => {
    const { opponents, proponents, method, checkpoints } = explanation
    expect(explanation.example).toBe(example)
    expect(method).toBe('tracin-we-adam')
    expect(checkpoints.length).toBeGreaterThan(0)
    const guilty = opponents.filter(({ text, label }) => text.includes('zany') && label === 'neg')
    expect(guilty.length).toBeGreaterThanOrEqual(10)
    for (const { row, text, label, influence, words } of [...opponents, ...proponents]) {
      expect(rows[row]).toMatchObject({ split: 'train', text, label })
      const sum = words.reduce((total, word) => total + word.influence, 0)
      expect(sum).toBeCloseTo(influence, 6)
    }
    expect(opponents.every(({ influence }) => influence < 0)).toBe(true)
    expect(proponents.every(({ influence }) => influence > 0)).toBe(true)
  })

  it('writes the influence of every training row', () => {
    const scores: Record<string, string>[] = parse(read('scores.csv'), { columns: true })
    expect(scores.map(({ row }) => Number(row))).toEqual(
      rows.flatMap(({ split }, row) => (split === 'train' ? [row] : []))
    )
    for (const { row, label } of scores) expect(rows[Number(row)]!.label).toBe(label)
    const [worst] = explanation.opponents
    const found = scores.find(({ row }) => Number(row) === worst!.row)!
    expect(Number(found['influence'])).toBe(worst!.influence)
  })

  it.each([
    ['remove', () => removal],
    ['pad', () => padding]
  ])('proves by retraining that a fix helps: %s', (action, result) => {
    const report = result()
    expect(Object.keys(report).toSorted()).toEqual(
      [
        ...['id', 'example', 'text', 'trueLabel', 'predictedLabel', 'method', 'action', 'k'],
        ...['seeds', 'stablyWrong', 'baseline', 'control', 'edited', 'uplift', 'collateral'],
        ...['edits', 'seconds', 'devices']
      ].toSorted()
    )
    expect(report).toMatchObject({ example, action, k: 12, seeds: [1, 2, 3, 4, 5, 6] })
    expect(report.edits).toHaveLength(12)
    for (const arm of [report.baseline, report.control!, report.edited]) {
      expect(arm).toMatchObject({ rounds: 6, probability: arm.fixed / 6 })
      expect(arm.byRound.map(({ seed }) => seed)).toEqual(report.seeds)
      expect(arm.interval[0]).toBeLessThanOrEqual(arm.probability)
      expect(arm.interval[1]).toBeGreaterThanOrEqual(arm.probability)
    }
    expect(report.stablyWrong).toBe(true)
    expect(report.edited.fixed).toBeGreaterThan(report.baseline.fixed)
    expect(report.edited.fixed).toBeGreaterThan(report.control!.fixed)
    expect(report.uplift.difference).toBeCloseTo(
      report.edited.probability - report.baseline.probability
    )
  })

  it('removes the rows that explain shows as opponents', () => {
    expect(removal.edits.map(({ row }) => row)).toEqual(
      explanation.opponents.slice(0, 12).map(({ row }) => row)
    )
  })

  it('draws a curve whose points are fixes of their own, and whose rounds are not done twice', () => {
    expect(curve.map(({ k }) => k)).toEqual([0, 12])
    expect(curve[0]!.edited).toEqual(curve[0]!.baseline)
    expect(curve[1]!.edited).toEqual(removal.edited)
    const keys = read('project/rounds.jsonl').match(/"key":"[0-9a-f]+"/g)!
    // Baseline, removal and padding; both controls are the same.
    expect(keys).toHaveLength(6 * 4)
    expect(new Set(keys).size).toBe(keys.length)
  })

  it('says of a mistake how stable it is once there are rounds', async () => {
    const known = await cli.json<Mistake[]>('mistakes', 'project', '--label', 'pos')
    expect(known.find((each) => each.example === example)!.baseline).toEqual({
      fixed: removal.baseline.fixed,
      rounds: 6,
      stablyWrong: true
    })
    expect(known.every(({ trueLabel }) => trueLabel === 'pos')).toBe(true)
  })

  it('exports a removal without the removed rows, and all others as they were', async () => {
    const files = await cli.json<ExportedFiles>(
      ...['export', 'project', '--fix', removal.id, '--out', 'removed']
    )
    expect(files).toMatchObject({ rowsRemoved: 12, rowsEdited: 0 })
    expect(readdirSync(cli.at('removed')).toSorted()).toEqual(
      ['edits.json', 'films.curated.csv', 'report.html'].toSorted()
    )
    const removed = new Set(removal.edits.map(({ row }) => row))
    expect(rowsOf(read('removed/films.curated.csv'))).toEqual(
      rows.filter((_, row) => !removed.has(row))
    )
  })

  it('says in edits.json what was done to which file, why, and what came of it', () => {
    const edits: EditsFile = parseEditsFile('edits.json', read('removed/edits.json'))
    expect(edits).toMatchObject({
      fixes: [
        {
          example: { row: example, trueLabel: 'pos', predictedLabel: 'neg' },
          method: 'tracin-we-adam',
          action: 'remove',
          k: 12,
          seeds: [1, 2, 3, 4, 5, 6],
          result: { edited: { fixed: removal.edited.fixed }, uplift: removal.uplift }
        }
      ],
      data: {
        file: 'films.csv',
        format: 'csv',
        rows: 324,
        sourceSha256: createHash('sha256').update(original).digest('hex'),
        columns: { text: 'text', label: 'label' }
      }
    })
    expect(edits.edits[0]).toEqual({
      kind: 'remove',
      row: explanation.opponents[0]!.row,
      influence: explanation.opponents[0]!.influence,
      reason: `Opponent 1 of example ${example} by tracin-we-adam.`
    })
  })

  it('makes a report that loads nothing and runs nothing', () => {
    const report = read('removed/report.html')
    expect(report).toMatch(/^<!doctype html>/i)
    expect(report).not.toMatch(/<script|<link|<img|<iframe|@import|url\(|\son\w+=|javascript:/i)
    const addresses = report.match(/https?:\/\/[^\s"'<]+/g) ?? []
    expect(addresses.filter((address) => address !== 'http://www.w3.org/2000/svg')).toEqual([])
    expect(report).toContain(`Fix of example ${example}`)
  })

  it('exports [PAD] in place of the word, and nothing else', async () => {
    await cli.json('export', 'project', '--fix', padding.id, '--out', 'padded')
    const curated = rowsOf(read('padded/films.curated.csv'))
    expect(curated).toHaveLength(rows.length)
    const words = new Map(
      padding.edits.map((edit) => [edit.row, edit.kind === 'pad' ? edit.word : ''])
    )
    curated.forEach((row, index) => {
      const before = rows[index]!
      const word = words.get(index)
      const text = before.text.replaceAll(new RegExp(`\\b${word}\\b`, 'g'), '[PAD]')
      expect(row).toEqual(word === undefined ? before : { ...before, text })
      expect(row.text.includes('[PAD]')).toBe(word !== undefined)
    })
  })

  it.each(['csv', 'tsv', 'jsonl', 'parquet'] as const)(
    'exports as %s, and apply elsewhere gives the same bytes',
    async (format) => {
      const out = `as-${format}`
      const { curated, edits } = await cli.json<ExportedFiles>(
        ...['export', 'project', '--fix', padding.id, '--out', out, '--format', format]
      )
      expect(curated).toBe(`${out}/films.curated.${format}`)
      const texts: unknown[] = []
      for await (const { fields } of (await openSource(cli.at(curated))).records()) {
        texts.push(fields['text'])
      }
      expect(texts).toEqual(rowsOf(read('padded/films.curated.csv')).map(({ text }) => text))

      mkdirSync(cli.at(`elsewhere-${format}`))
      copyFileSync(cli.at('films.csv'), cli.at(`elsewhere-${format}/renamed.csv`))
      const applied = `elsewhere-${format}/again.${format}`
      expect(
        await cli.json(
          ...['apply', edits, `elsewhere-${format}/renamed.csv`],
          ...['--out', applied]
        )
      ).toEqual({ out: applied })
      expect(readFileSync(cli.at(applied)).equals(readFileSync(cli.at(curated)))).toBe(true)
    }
  )

  it('trains on what was exported, and is then right', async () => {
    await cli.say('init', 'again', '--data', 'removed/films.curated.csv', ...plantedColumns)
    await cli.say('train', 'again', ...quickTraining)
    const wrong = await cli.json<Mistake[]>('mistakes', 'again')
    expect(wrong.map(({ text }) => text)).not.toContain(rows[example]!.text)
  })

  it('has nothing to repair', async () => {
    expect(await cli.json('repair', 'project')).toEqual({ moved: 0 })
  })
})
