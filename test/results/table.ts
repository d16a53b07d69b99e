/**
 * Puts the measured numbers of `docs/results/NAME.json` into `docs/results.md`, between the marks
 * `<!-- NAME -->` and `<!-- end NAME -->`.
 */
import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { writeFileAtomically } from '../../src-main/files/write.ts'

interface Results {
  name: string
  rounds: number
  examples: unknown[]
  accuracy: number
  table: {
    title: string
    fixProbability: number
    standardError: number
    trueProbability: number
    accuracyChange: number
  }[]
}

const docs = new URL('../../docs/', import.meta.url)
const page = fileURLToPath(new URL('results.md', docs))

/** Where the numbers of a data set are kept. */
export function resultsPath(name: string): string {
  return fileURLToPath(new URL(`results/${name}.json`, docs))
}

/** Writes every known table into the page. */
export async function updatePage(): Promise<void> {
  let text = await readFile(page, 'utf8')
  for (const file of await readdir(new URL('results/', docs))) {
    const results = JSON.parse(await readFile(new URL(`results/${file}`, docs), 'utf8')) as Results
    const [start, end] = [`<!-- ${results.name} -->`, `<!-- end ${results.name} -->`]
    const [before, rest] = text.split(start)
    const after = rest?.split(end)[1]
    if (before === undefined || after === undefined) {
      throw new Error(`${page} has no place for ${results.name}: add ${start} and ${end}.`)
    }
    text = `${before}${start}\n\n${tableOf(results)}\n\n${end}${after}`
  }
  await writeFileAtomically(page, text)
}

function tableOf({ rounds, examples, accuracy, table }: Results): string {
  const sign = (value: number, digits: number) =>
    (value < 0 ? '−' : '+') + Math.abs(value).toFixed(digits)
  const rows = table.map(
    ({ title, fixProbability, standardError, trueProbability, accuracyChange }) => [
      title,
      `${fixProbability.toFixed(2)} ± ${standardError.toFixed(2)}`,
      trueProbability.toFixed(2),
      sign(100 * accuracyChange, 2)
    ]
  )
  const header = ['edit', 'fix probability', 'p(true)', 'accuracy change, points']
  const widths = header.map((title, i) =>
    Math.max(title.length, ...rows.map((row) => row[i]!.length))
  )
  const line = (cells: string[]) =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i]!)).join(' | ')} |`
  return [
    `${examples.length} examples, ${rounds} rounds each; accuracy without an edit ${accuracy.toFixed(3)}.`,
    '',
    line(header),
    line(widths.map((width) => '-'.repeat(width))),
    ...rows.map(line)
  ].join('\n')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await updatePage()
