/** Texts as ids: [CLS] text [SEP], or [CLS] text [SEP] pair [SEP], cut to a maximum length. */
import type { RowText } from '../dataset/dataset.ts'
import { tokenize } from './tokenize.ts'
import type { Vocabulary } from './vocabulary.ts'
import { separatorId, startId } from './vocabulary.ts'

/** Many texts as ids, end to end. The arrays may be shared between threads. */
export interface EncodedTexts {
  /** Ids of all texts, one after the other. */
  readonly ids: Int32Array
  /** [texts + 1] where each text starts; the last entry is the end. */
  readonly offsets: Int32Array
}

/** The ids of one text. */
export function idsOf(texts: EncodedTexts, index: number): Int32Array {
  return texts.ids.subarray(texts.offsets[index]!, texts.offsets[index + 1]!)
}

/** Ids of one text of at most `maximumLength` tokens; of a pair the longer part is cut first. */
export function encode(text: RowText, vocabulary: Vocabulary, maximumLength: number): number[] {
  const parts = text.map((part) => tokenize(part).map(({ word }) => vocabulary.idOf(word)))
  let excess = parts.reduce((sum, part) => sum + part.length + 1, 1) - maximumLength
  for (; excess > 0; excess--) longest(parts).pop()
  return [startId, ...parts.flatMap((part) => [...part, separatorId])]
}

function longest(parts: number[][]): number[] {
  return parts.reduce((long, part) => (part.length > long.length ? part : long))
}

/** Encodes texts into shared memory. */
export function encodeAll(
  texts: Iterable<RowText>,
  vocabulary: Vocabulary,
  maximumLength: number
): EncodedTexts {
  let ids = new Int32Array(1 << 16)
  const offsets = [0]
  let used = 0
  for (const text of texts) {
    const encoded = encode(text, vocabulary, maximumLength)
    if (used + encoded.length > ids.length) {
      const larger = new Int32Array(2 * ids.length + encoded.length)
      larger.set(ids)
      ids = larger
    }
    ids.set(encoded, used)
    used += encoded.length
    offsets.push(used)
  }
  return { ids: shared(ids.subarray(0, used)), offsets: shared(Int32Array.from(offsets)) }
}

function shared(array: Int32Array): Int32Array {
  const copy = new Int32Array(new SharedArrayBuffer(array.byteLength))
  copy.set(array)
  return copy
}
