import { beforeAll, describe, expect, test } from 'vitest'
import { methods } from '../../src-main/influence/methods.ts'
import type { InfluenceQuery } from '../../src-main/influence/query.ts'
import { textCnn } from '../../src-main/models/text-cnn.ts'
import { expectClose, golden } from '../support/golden.ts'
import { encoded, influenceQuery } from '../support/views.ts'

const held = ['tracin-we', 'tracin-we-topk', 'tracin-we-adam', 'tracin-last'] as const
const byWord = ['tracin-we', 'tracin-we-topk', 'tracin-we-adam'] as const

interface RowWords {
  row: number
  words: number[]
  contributions: number[]
}

const { sizes, train, heldOut, checkpoints, scores, wordContributions } = golden<{
  sizes: Record<'V' | 'D' | 'F' | 'C' | 'w1' | 'w2', number>
  train: { texts: number[][]; labels: number[] }
  heldOut: { texts: number[][]; labels: number[] }
  checkpoints: { learningRate: number; parameters: Record<string, { data: number[] }> }[]
  scores: Record<(typeof held)[number], number[][]>
  wordContributions: { example: number } & Record<(typeof byWord)[number], RowWords[]>
}>('influence')

const model = textCnn({ embedding: sizes.D, filters: sizes.F, widths: [sizes.w1, sizes.w2] }, 2)
const training = encoded(train.texts, train.labels)
let queries: InfluenceQuery[]

beforeAll(async () => {
  const given = checkpoints.map(({ learningRate, parameters }) => ({
    learningRate,
    parameters: Object.fromEntries(
      Object.entries(parameters).map(([name, { data }]) => [name, Float32Array.from(data)])
    )
  }))
  queries = []
  for (const [i, text] of heldOut.texts.entries()) {
    const example = encoded([text], [heldOut.labels[i]!])
    queries.push(await influenceQuery(model, given, training, example))
  }
})

describe.each(held)('%s agrees with PyTorch', (method) => {
  test('scores of 200 rows for 5 examples', async () => {
    for (const [i, query] of queries.entries()) {
      const influence = await methods[method].score(query)
      const name = `example ${i}`
      expectClose(influence.scores, scores[method][i]!, { tolerance: 1e-4, name })
    }
  })

  test('contributions of the words add up to the score', async () => {
    const everyRow = train.texts.map((_, row) => row)
    for (const query of queries) {
      const influence = await methods[method].score(query)
      const words = await influence.words(everyRow)
      const sums = everyRow.map((row) =>
        words.get(row)!.reduce((sum, { influence: part }) => sum + part, 0)
      )
      expectClose(sums, influence.scores, { tolerance: 1e-5 })
    }
  })
})

test.each(byWord)('%s: words of single rows', async (method) => {
  const influence = await methods[method].score(queries[wordContributions.example]!)
  const rows = wordContributions[method]
  const found = await influence.words(rows.map(({ row }) => row))
  const scale = Math.max(...rows.flatMap(({ contributions }) => contributions.map(Math.abs)))
  for (const { row, words, contributions } of rows) {
    const shares = new Map(found.get(row)!.map((part) => [part.wordId, part.influence]))
    // A word without a gradient need not be listed; no other word may be.
    expect([...shares.keys()].filter((word) => !words.includes(word))).toEqual([])
    words.forEach((word, n) => {
      const error = Math.abs((shares.get(word) ?? 0) - contributions[n]!)
      expect(error, `row ${row}, word ${word}`).toBeLessThan(1e-4 * scale)
    })
  }
})

test.each(held)(
  '%s: a copy with the right label is a proponent, with a wrong one an opponent',
  async (method) => {
    const text = heldOut.texts[0]!
    const label = heldOut.labels[0]!
    const copies = encoded([text, text], [label, 1 - label])
    const given = checkpoints.map(({ learningRate, parameters }) => ({
      learningRate,
      parameters: Object.fromEntries(
        Object.entries(parameters).map(([name, { data }]) => [name, Float32Array.from(data)])
      )
    }))
    const query = await influenceQuery(model, given, copies, encoded([text], [label]))
    const { scores: found } = await methods[method].score(query)
    expect(found[0]).toBeGreaterThan(0)
    expect(found[1]).toBeLessThan(0)
  }
)
