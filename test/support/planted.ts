/**
 * Small data sets in which a word decides the label, so that a small model learns them in a second,
 * with a cause for mistakes: the word `zany` stands in a few training rows of the wrong label.
 */
import { hash32, keyedShuffle } from '../../src-main/random.ts'
import type { CommandLine } from './command-line.ts'

export interface PlantedRow {
  text: string
  label: string
  split: 'train' | 'test'
}

const fillers =
  'the film story actor scene music plot camera set place people night day light voice end'.split(
    ' '
  )
const planted = [
  ['boring', 'clumsy', 'stale', 'tedious'],
  ['brilliant', 'charming', 'lovely', 'superb'],
  ['average', 'middling', 'ordinary', 'plain']
]

export interface PlantedOptions {
  rows?: number
  labels?: readonly string[]
}

/** Rows in random order, a quarter held out; every label has the words of its own number. */
export function plantedRows({
  rows = 300,
  labels = ['neg', 'pos']
}: PlantedOptions = {}): PlantedRow[] {
  const normal = Array.from({ length: rows }, (_, i): PlantedRow => {
    const label = i % labels.length
    return {
      text: sentence(i, planted[label]![hash32(i) % 4]!),
      label: labels[label]!,
      split: Math.floor(i / labels.length) % 4 === 3 ? 'test' : 'train'
    }
  })
  // Of the rows with `zany`, most training rows say the first label and the held-out ones the second.
  const zany = Array.from({ length: 24 }, (_, i): PlantedRow => {
    const split = i % 4 === 3 ? 'test' : 'train'
    const wrong = split === 'train' && i % 4 !== 2
    return { text: sentence(rows + i, 'zany'), label: labels[wrong ? 0 : 1]!, split }
  })
  const all = [...normal, ...zany]
  return keyedShuffle(all.keys(), 1, 2).map((i) => all[i]!)
}

/** The rows as CSV with the columns id, text, label, split; some texts need quotes. */
export function plantedCsv(options: PlantedOptions = {}): string {
  const lines = plantedRows(options).map(({ text, label, split }, id) => {
    const cell = id % 5 === 0 ? `"${text}, ""so to speak"""` : text
    return `${id},${cell},${label},${split}\n`
  })
  return `id,text,label,split\n${lines.join('')}`
}

/** Arguments of `init` for `plantedCsv`. */
export const plantedColumns = ['--text', 'text', '--label', 'label', '--split', 'split']

/** Arguments of `train` that learn the planted words in a second. */
export const quickTraining = ['--epochs', '4', '--learning-rate', '0.01', '--max-length', '16']

/** Makes and trains `project` from `films.csv` in the command line's folder; the row of a mistake. */
export async function plantedProject(cli: CommandLine): Promise<string> {
  cli.write('films.csv', plantedCsv())
  await cli.say('init', 'project', '--data', 'films.csv', ...plantedColumns)
  await cli.say('train', 'project', ...quickTraining)
  const [first] = await cli.json<{ example: number }[]>('mistakes', 'project')
  return String(first!.example)
}

function sentence(seed: number, word: string): string {
  const order = keyedShuffle(fillers.keys(), seed, 7).slice(0, 5 + (seed % 5))
  const words = order.map((i) => fillers[i]!)
  return [...words.slice(0, 3), word, ...words.slice(3)].join(' ')
}
