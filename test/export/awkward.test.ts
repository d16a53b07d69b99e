import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { formats } from '../../src-main/dataset/source.ts'
import { openSource } from '../../src-main/dataset/sources.ts'
import type { FileEdit } from '../../src-main/export/edits-file.ts'
import { exportCurated } from '../../src-main/export/write-curated.ts'
import { replaceSpans, spansOf, tokenize } from '../../src-main/tokens/tokenize.ts'
import { columns, pad, recordsOf, relabel, workspace } from './workspace.ts'

const pieces = [
  'bad',
  'Bad',
  '"',
  '""',
  ',',
  ';',
  '\t',
  '\\',
  '\n',
  'é',
  '👍🏽',
  '{',
  ':',
  "'",
  ' ',
  'x'
]

/** Texts of awkward pieces, in a fixed pseudo-random order. */
function awkwardTexts(count: number): string[] {
  let state = 7
  const next = (limit: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * limit)
  }
  return Array.from({ length: count }, () =>
    Array.from({ length: 1 + next(12) }, () => pieces[next(pieces.length)]!).join('')
  )
}

describe('awkward texts', () => {
  const texts = awkwardTexts(300)
  const labels = texts.map((_, row) => ['a,b', 'say "c"', 'd'][row % 3]!)
  const rows = texts.map((text, row) => ({ extra: text, text, label: labels[row]!, end: '' }))

  it.each(formats)('are padded and kept in %s', async (format) => {
    const folder = await workspace()
    const first = join(folder, 'first.jsonl')
    await writeFile(first, rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
    const data = join(folder, `data.${format}`)
    await exportCurated({
      source: await openSource(first),
      columns,
      edits: [],
      into: data,
      format
    })
    const wanted = rows.map((row) => ({ ...row }))
    const edits: FileEdit[] = []
    texts.forEach((text, row) => {
      const word = tokenize(text)[row % 4]?.word
      if (word !== undefined) {
        edits.push(pad(row, word, text))
        wanted[row]!.text = replaceSpans(text, spansOf(text, word), '[PAD]')
      }
      if (row % 5 === 0) {
        edits.push(relabel(row, labels[(row + 1) % 3]!))
        wanted[row]!.label = labels[(row + 1) % 3]!
      }
    })
    const into = join(folder, `curated.${format}`)
    await exportCurated({ source: await openSource(data), columns, edits, into })
    const records = await recordsOf(await openSource(into))
    expect(records.map(({ fields }) => fields)).toEqual(wanted)
  })
})
