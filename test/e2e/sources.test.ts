import { readFileSync } from 'node:fs'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { describe, expect, it } from 'vitest'
import type { ImportReport } from '../../src-main/dataset/import-report.ts'
import type { Explanation } from '../../src-main/pipeline/explain.ts'
import type { ExportedFiles } from '../../src-main/pipeline/export.ts'
import type { Mistake } from '../../src-main/pipeline/mistakes.ts'
import type { FixReport } from '../../src-main/retrain/fix-report.ts'
import { patient, useCommandLine } from '../support/command-line.ts'
import { plantedRows, quickTraining } from '../support/planted.ts'

const cli = useCommandLine({ from: 'built' })

interface Told {
  mistakes: Mistake[]
  explanation: Explanation
  fix: FixReport & { id: string }
  files: ExportedFiles
}

/** The whole job on a project that was made already. */
async function story(project: string): Promise<Told> {
  await cli.say('train', project, ...quickTraining)
  const mistakes = await cli.json<Mistake[]>('mistakes', project)
  const about = ['--example', String(mistakes[0]!.example)]
  const pad = ['--action', 'pad', '--k', '4', '--rounds', '1', '--threads', '1']
  const explanation = await cli.json<Explanation>(
    ...['explain', project, ...about, '--threads', '1']
  )
  const fix = await cli.json<Told['fix']>('fix', project, ...about, ...pad)
  const files = await cli.json<ExportedFiles>(
    ...['export', project, '--fix', fix.id, '--out', `${project}-out`]
  )
  return { mistakes, explanation, fix, files }
}

const jsonLines = (rows: readonly object[]): string =>
  rows.map((row) => `${JSON.stringify(row)}\n`).join('')

describe('the main job', { timeout: patient }, () => {
  it('works on pairs of texts in JSON lines, with numbers as labels', async () => {
    const rows = plantedRows({ labels: ['0', '1'] }).map(({ text, label, split }, id) => {
      const words = text.split(' ')
      return {
        id,
        premise: words.slice(0, 4).join(' '),
        hypothesis: words.slice(4).join(' '),
        label: Number(label),
        split
      }
    })
    cli.write('pairs.jsonl', jsonLines(rows))
    const columns = ['--text', 'premise', '--text-pair', 'hypothesis', '--split', 'split']
    const report = await cli.json<ImportReport>(
      ...['init', 'pairs', '--data', 'pairs.jsonl', ...columns, '--label', 'label']
    )
    expect(report.labels.map(({ label }) => label)).toEqual(['0', '1'])
    const { mistakes, explanation, fix, files } = await story('pairs')
    const { premise, hypothesis } = rows[mistakes[0]!.example]!
    expect(mistakes[0]!.text).toBe(`${premise}\n${hypothesis}`)
    expect(explanation.opponents[0]!.text).toContain('\n')

    expect(files.curated).toBe('pairs-out/pairs.curated.jsonl')
    const curated = readFileSync(cli.at(files.curated), 'utf8').trimEnd().split('\n')
    const padded = new Map(
      fix.edits.map((edit) => [edit.row, edit.kind === 'pad' ? edit.word : ''])
    )
    curated.forEach((line, row) => {
      const word = padded.get(row)
      const before = rows[row]!
      const replaced = (text: string) =>
        word === undefined ? text : text.replaceAll(new RegExp(`\\b${word}\\b`, 'g'), '[PAD]')
      expect(JSON.parse(line)).toEqual({
        ...before,
        premise: replaced(before.premise),
        hypothesis: replaced(before.hypothesis)
      })
    })
    expect(padded.size).toBe(4)
  })

  it('works on Parquet with three classes', async () => {
    const rows = plantedRows({ rows: 360, labels: ['good', 'poor', 'so-so'] })
    const column = (name: 'text' | 'label' | 'split') => ({
      name,
      data: rows.map((row) => row[name]),
      type: 'STRING' as const
    })
    const buffer = parquetWriteBuffer({
      columnData: [column('text'), column('label'), column('split')]
    })
    cli.write('films.parquet', new Uint8Array(buffer))
    const report = await cli.json<ImportReport>(
      ...['init', 'three', '--data', 'films.parquet'],
      ...['--text', 'text', '--label', 'label', '--split', 'split']
    )
    expect(report.labels.map(({ label }) => label)).toEqual(['good', 'poor', 'so-so'])
    const { mistakes, files } = await story('three')
    for (const { trueLabel, predictedLabel } of mistakes) {
      expect(['good', 'poor', 'so-so']).toContain(predictedLabel)
      expect(predictedLabel).not.toBe(trueLabel)
    }
    expect(files.curated).toBe('three-out/films.curated.parquet')
    await cli.say('apply', files.edits, 'films.parquet', '--out', 'again.parquet')
    expect(readFileSync(cli.at('again.parquet'))).toEqual(readFileSync(cli.at(files.curated)))
  })

  it('holds out the rows of a separate file', async () => {
    const rows = plantedRows()
    const part = (split: 'train' | 'test') => rows.filter((row) => row.split === split)
    const tsv = (split: 'train' | 'test') =>
      `text\tlabel\n${part(split)
        .map(({ text, label }) => `${text}\t${label}\n`)
        .join('')}`
    cli.write('train.tsv', tsv('train'))
    cli.write('test.tsv', tsv('test'))
    const columns = ['--text', 'text', '--label', 'label', '--labels', 'pos,neg']
    const report = await cli.json<ImportReport>(
      ...['init', 'separate', '--data', 'train.tsv', '--test', 'test.tsv', ...columns]
    )
    expect(report.labels.map(({ label }) => label)).toEqual(['pos', 'neg'])
    const first = part('train').length
    const { mistakes, fix, files } = await story('separate')
    for (const { example, text } of mistakes) {
      expect(example).toBeGreaterThanOrEqual(first)
      expect(part('test')[example - first]!.text).toBe(text)
    }
    expect(fix.edits.every(({ row }) => row < first)).toBe(true)
    const curated = readFileSync(cli.at(files.curated), 'utf8').trimEnd().split('\n')
    expect(curated).toHaveLength(1 + first)
    await cli.say('apply', files.edits, 'train.tsv', '--out', 'again.tsv')
    expect(readFileSync(cli.at('again.tsv'))).toEqual(readFileSync(cli.at(files.curated)))
    expect(await cli.refused(2, 'apply', files.edits, 'test.tsv', '--out', 'wrong.tsv')).toMatch(
      /test\.tsv is not the data that the edits were made for: it has 80 rows/
    )
  })
})
