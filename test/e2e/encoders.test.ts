/** The main job with encoders: from nothing, and from the folder that such a project writes. */
import { existsSync, readFileSync } from 'node:fs'
import { parse } from 'csv-parse/sync'
import { beforeAll, describe, expect, it } from 'vitest'
import { openCheckpoint } from '../../src-main/checkpoints/open.ts'
import { parseEditsFile } from '../../src-main/export/edits-file.ts'
import type { Explanation } from '../../src-main/pipeline/explain.ts'
import type { Mistake } from '../../src-main/pipeline/mistakes.ts'
import { openTrained } from '../../src-main/pipeline/workspace.ts'
import type { FixReport } from '../../src-main/retrain/fix-report.ts'
import { textAt } from '../../src-main/tokens/encode.ts'
import type { BaseRecord } from '../../src-main/training/base-record.ts'
import { patient, useCommandLine } from '../support/command-line.ts'
import { plantedColumns, plantedCsv } from '../support/planted.ts'

type Kept = FixReport & { id: string }

const cli = useCommandLine({ from: 'built' })
const init = (project: string, ...options: string[]) =>
  cli.say('init', project, '--data', 'films.csv', ...plantedColumns, ...options)

describe('an encoder from nothing', { timeout: patient }, () => {
  let mistake: Mistake
  let base: BaseRecord
  let explanation: Explanation
  let padding: Kept

  beforeAll(async () => {
    cli.write('films.csv', plantedCsv({ rows: 600 }))
    await init('project', '--model', 'bert-tiny')
    base = await cli.json<BaseRecord>(
      ...['train', 'project', '--epochs', '4', '--batch-size', '8', '--max-length', '24']
    )
    const mistakes = await cli.json<Mistake[]>('mistakes', 'project')
    mistake = mistakes.find(({ text }) => text.includes('zany'))!
    const about = ['--example', String(mistake.example)]
    explanation = await cli.json<Explanation>('explain', 'project', ...about)
    padding = await cli.json<Kept>(
      ...['fix', 'project', ...about, '--action', 'pad', '--k', '14', '--rounds', '3']
    )
    await cli.say('export', 'project', '--fix', padding.id, '--out', 'exported')
  }, patient)

  it('learns the planted words, with what fine-tuning adds', () => {
    expect(base.settings).toMatchObject({ warmUpShare: 0.1, clipNorm: 1, dropout: 0.1 })
    expect(base.epochs.at(-1)!.heldOutAccuracy).toBeGreaterThan(0.85)
  })

  it('finds the rows of the wrong label, by words that are whole and add up', () => {
    const { opponents, proponents } = explanation
    const guilty = opponents.filter(({ text, label }) => text.includes('zany') && label === 'neg')
    expect(guilty.length).toBeGreaterThanOrEqual(10)
    for (const { influence, words, text } of [...opponents, ...proponents]) {
      const sum = words.reduce((total, word) => total + word.influence, 0)
      expect(sum).toBeCloseTo(influence, 6)
      for (const { word } of words) {
        if (!word.startsWith('[')) expect(text.toLowerCase()).toContain(word)
      }
    }
  })

  it('pads whole words, and the exported file reads as the edit did', async () => {
    const { edits } = parseEditsFile(
      'edits.json',
      readFileSync(cli.at('exported/edits.json'), 'utf8')
    )
    expect(edits.length).toBeGreaterThan(0)
    const curated: { text: string }[] = parse(
      readFileSync(cli.at('exported/films.curated.csv'), 'utf8'),
      { columns: true }
    )
    const workspace = await openTrained(cli.at('project'))
    const { tokenizer, training, vocabulary, model, dataset } = workspace
    for (const edit of padding.edits) {
      if (edit.kind !== 'pad') throw new Error('Only words are padded.')
      const index = training.rows.indexOf(edit.row)
      const before = textAt(training.texts, index)
      const after = tokenizer.wordsIn(curated[edit.row]!.text).flatMap(({ word, tokens }) => {
        return new Array<number>(tokens).fill(vocabulary.idOf(word))
      })
      const expected = [...before.words].map((word) => (word === edit.wordId ? 0 : word))
      expect(after).toEqual(expected.slice(1, -1))
      expect(model.padId).toBe(0)
    }
    workspace.dataset.close()
    expect(dataset.rowCount).toBe(curated.length)
  })

  it('fixes by [PAD] what retraining alone does not', () => {
    expect(padding.edited.meanTrueProbability).toBeGreaterThan(padding.baseline.meanTrueProbability)
  })

  describe('written as a Hugging Face folder', { timeout: patient }, () => {
    beforeAll(async () => {
      await cli.say('model', 'project', '--out', 'tuned')
      await init('again', '--model', 'tuned')
    }, patient)

    it('holds the parameters, with a tokenizer and an ONNX file', async () => {
      const { tensors, labels, missing } = await openCheckpoint(cli.at('tuned'))
      expect({ labels, missing }).toEqual({ labels: ['neg', 'pos'], missing: [] })
      expect(Object.keys(tensors)).toContain('classifier.weight')
      expect(existsSync(cli.at('tuned/onnx/model.onnx'))).toBe(true)
      expect(existsSync(cli.at('tuned/tokenizer.json'))).toBe(true)
    })

    it('is a start that knows all already, head included, and frozen it stays what it is', async () => {
      const again = await cli.json<BaseRecord>(
        ...['train', 'again', '--epochs', '1', '--learning-rate', '1e-6', '--max-length', '24'],
        ...['--freeze', '2']
      )
      const [first] = again.epochs
      expect(first!.heldOutAccuracy).toBeCloseTo(base.epochs.at(-1)!.heldOutAccuracy, 1)
      const { tensors } = await openCheckpoint(cli.at('tuned'))
      await cli.say('model', 'again', '--out', 'frozen')
      const { tensors: after } = await openCheckpoint(cli.at('frozen'))
      expect(after['embedding']).toEqual(tensors['embedding'])
      expect(after['layer2.output.weight']).toEqual(tensors['layer2.output.weight'])
      expect(after['classifier.weight']).not.toEqual(tensors['classifier.weight'])
    })

    it('is refused where the data has other labels, unless its head is to be new', async () => {
      cli.write('three.csv', plantedCsv({ labels: ['neg', 'pos', 'so-so'] }))
      const three = ['--data', 'three.csv', ...plantedColumns, '--model', 'tuned']
      expect(await cli.refused(2, 'init', 'three', ...three)).toMatch(
        /classifier has the labels neg, pos \(2\), but the data .* \(3\).*--new-head/s
      )
      expect(existsSync(cli.at('three'))).toBe(false)
      await cli.say('init', 'three', ...three, '--new-head')
    })
  })
})

it('a folder that is no model is told of, and nothing is made', { timeout: patient }, async () => {
  cli.write('films.csv', plantedCsv())
  const start = ['init', 'nothing', '--data', 'films.csv', ...plantedColumns, '--model']
  const refused = await cli.refused(2, ...start, '.')
  expect(refused).toMatch(/config\.json/)
  expect(existsSync(cli.at('nothing'))).toBe(false)
  const unknown = await cli.refused(2, ...start, 'gpt')
  expect(unknown).toMatch(/gpt is neither the name of one nor a folder.*text-cnn, bert-tiny/s)
})
