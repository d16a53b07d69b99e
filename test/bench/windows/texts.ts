/** Texts as long as real ones are, with words as frequent as real ones are. */
import { hash32, normalStream, uniformStream } from '../../../src-main/random.ts'

const vocabulary = 30_000
const syllables = 'ba be bo da de di fa fo ga go ka ke la li lo ma mi na no pa ra re sa so ta te'

/** Words from the most frequent to the rarest, the frequent ones short. */
function makeWords(): string[] {
  const parts = syllables.split(' ')
  return Array.from({ length: vocabulary }, (_, rank) => {
    let word = ''
    for (let left = rank + parts.length; left > 0; left = Math.floor(left / parts.length)) {
      word += parts[left % parts.length]!
    }
    return word
  })
}

interface Drawing {
  seed: number
  /** Words of half of the texts at most, and how far the others go beyond. */
  medianWords: number
  spread: number
  mostWords: number
}

/** Draws texts: their lengths log-normal, a word of rank r with a probability like 1 / (r + 2.7). */
function textSource({ seed, medianWords, spread, mostWords }: Drawing) {
  const words = makeWords()
  const uniform = uniformStream(seed)
  const normal = normalStream(seed + 1)
  // The inverse of the integral of 1 / (r + 2.7), which is close to the sum and quick.
  const rank = () => Math.floor(2.7 * (1 + vocabulary / 2.7) ** uniform() - 2.7)
  return {
    uniform,
    text(): string[] {
      const wanted = Math.round(medianWords * Math.exp(spread * normal()))
      const length = Math.min(Math.max(wanted, 1), mostWords)
      return Array.from({ length }, () => words[Math.min(rank(), vocabulary - 1)]!)
    }
  }
}

/** CSV with the columns text, label and split; a label makes itself heard in one word of twenty. */
export function opinions(training: number, heldOut: number, seed: number): string {
  const { uniform, text } = textSource({ seed, medianWords: 150, spread: 0.8, mostWords: 1500 })
  return csvOf(training, heldOut, (row) => {
    const label = hash32(seed, row) % 2
    const words = text().map((word) =>
      uniform() < 0.05 ? `${label === 0 ? 'dull' : 'fine'}${word.slice(0, 2)}` : word
    )
    // Labels of real data are wrong now and then, which is what mistakes come from.
    return [words, uniform() < 0.1 ? 1 - label : label]
  })
}

/** The same of short texts, whose labels mean nothing. */
export function remarks(training: number, heldOut: number): string {
  const { uniform, text } = textSource({ seed: 3, medianWords: 12, spread: 0.9, mostWords: 200 })
  return csvOf(training, heldOut, () => [text(), uniform() < 0.5 ? 0 : 1])
}

function csvOf(
  training: number,
  heldOut: number,
  draw: (row: number) => readonly [string[], number]
): string {
  const lines = ['text,label,split']
  for (let row = 0; row < training + heldOut; row++) {
    const [words, label] = draw(row)
    const split = row < training ? 'train' : 'test'
    lines.push(`${words.join(' ')},${label === 0 ? 'negative' : 'positive'},${split}`)
  }
  return `${lines.join('\n')}\n`
}
