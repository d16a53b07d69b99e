/** What the benchmark works on: Zipf-like texts, and the paper's TextCNN on them. */
import type { LabelledTexts } from '../../src-main/gradients/extractor.ts'
import { textCnn } from '../../src-main/models/text-cnn.ts'
import { uniformStream } from '../../src-main/random.ts'
import { padId, separatorId, specialTokens, startId } from '../../src-main/tokens/vocabulary.ts'
import type { EncodedText, EncodedTexts } from '../../src-main/tokens/encode.ts'
import { textAt } from '../../src-main/tokens/encode.ts'

export const words = 20_000
export const embeddingSize = 128
export const classes = 2

/** TextCNN with the paper's widths. */
export function modelOf(filters: number) {
  return textCnn({ embedding: embeddingSize, filters, widths: [5, 5] }, classes)
}

/** Draws words: that of rank r = 0, 1, … with a probability in proportion to 1 / (r + 2.7). */
function zipfWords(seed: number): () => number {
  const first = specialTokens.length
  const sums = new Float64Array(words - first)
  let total = 0
  for (let rank = 0; rank < sums.length; rank++) sums[rank] = total += 1 / (rank + 2.7)
  const uniform = uniformStream(seed)
  return () => first + firstAbove(sums, uniform() * total)
}

function firstAbove(sums: Float64Array, wanted: number): number {
  let [low, high] = [0, sums.length - 1]
  while (low < high) {
    const middle = (low + high) >> 1
    if (sums[middle]! > wanted) high = middle
    else low = middle + 1
  }
  return low
}

/** Texts of one length; with `special` they start with [CLS] and end with [SEP], as real ones do. */
export function drawTexts(
  count: number,
  tokens: number,
  { seed, special = false }: { seed: number; special?: boolean }
): LabelledTexts {
  const draw = zipfWords(seed)
  const ids = Int32Array.from({ length: count * tokens }, draw)
  for (let text = 0; special && text < count; text++) {
    ids[text * tokens] = startId
    ids[(text + 1) * tokens - 1] = separatorId
  }
  const texts = {
    ids,
    words: ids,
    offsets: Int32Array.from({ length: count + 1 }, (_, text) => text * tokens),
    seconds: new Int32Array(count).fill(tokens),
    padId
  }
  const uniform = uniformStream(seed + 1)
  const labels = Int32Array.from({ length: count }, () => Math.floor(uniform() * classes))
  return { texts, classes: labels }
}

/** The n-th of consecutive batches, from the start again after the last. */
export function batchOf(texts: EncodedTexts, n: number, size: number): EncodedText[] {
  const count = texts.offsets.length - 1
  const start = (n * size) % count
  return Array.from({ length: size }, (_, i) => textAt(texts, start + i))
}
