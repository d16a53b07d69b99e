/** Texts as ids: [CLS] text [SEP], or [CLS] text [SEP] pair [SEP], cut to a maximum length. */
import type { RowText } from '../dataset/dataset.ts'
import { Growing } from '../dataset/growing.ts'
import { tokenize } from './tokenize.ts'
import type { Vocabulary } from './vocabulary.ts'
import { padId, separatorId, startId } from './vocabulary.ts'

/** One text as a model reads it. */
export interface EncodedText {
  /** [tokens] rows of the embedding. */
  readonly ids: Int32Array
  /** [tokens] the word of the vocabulary that each token is a part of. */
  readonly words: Int32Array
  /** Where the second text of a pair begins; the number of tokens where there is none. */
  readonly second: number
}

/** Many texts, end to end. The arrays may be shared between threads. */
export interface EncodedTexts {
  /** Tokens of all texts, one after the other. */
  readonly ids: Int32Array
  /** Of each token; the same array as `ids` where every token is a word. */
  readonly words: Int32Array
  /** [texts + 1] where each text starts; the last entry is the end. */
  readonly offsets: Int32Array
  /** [texts] where the second text of each pair begins, counted from its own start. */
  readonly seconds: Int32Array
  /** The token that is [PAD]. */
  readonly padId: number
}

/** One of the texts. */
export function textAt({ ids, words, offsets, seconds }: EncodedTexts, index: number): EncodedText {
  const [start, end] = [offsets[index]!, offsets[index + 1]!]
  return {
    ids: ids.subarray(start, end),
    words: words.subarray(start, end),
    second: seconds[index]!
  }
}

/** One of the texts by itself. */
export function onlyText(texts: EncodedTexts, index: number): EncodedTexts {
  const { ids, words, second } = textAt(texts, index)
  return {
    ...{ ids, words, padId: texts.padId },
    offsets: Int32Array.of(0, ids.length),
    seconds: Int32Array.of(second)
  }
}

/** The words of one text, token by token. */
export function wordsOf(texts: EncodedTexts, index: number): Int32Array {
  return texts.words.subarray(texts.offsets[index]!, texts.offsets[index + 1]!)
}

/** Texts of which every token is a word, for a model to which the parts of a pair are one text. */
export function wordTexts(given: Pick<EncodedTexts, 'ids' | 'offsets' | 'padId'>): EncodedTexts {
  const { ids, offsets } = given
  const lengths = offsets.subarray(1).map((end, text) => end - offsets[text]!)
  return { ...given, words: ids, seconds: shared(lengths) }
}

/** Puts texts together, one after the other. */
export class TextsBuilder {
  readonly #ids = new Growing(Int32Array)
  readonly #words = new Growing(Int32Array)
  readonly #offsets = [0]
  readonly #seconds: number[] = []
  readonly #padId: number

  constructor(padId: number) {
    this.#padId = padId
  }

  /** Adds a text; without `words` every token is one. */
  add(ids: readonly number[], second: number, words?: readonly number[]): void {
    for (const id of ids) this.#ids.push(id)
    for (const word of words ?? []) this.#words.push(word)
    this.#offsets.push(this.#ids.length)
    this.#seconds.push(second)
  }

  /** All texts, in memory that threads can share. */
  finish(): EncodedTexts {
    const ids = shared(this.#ids.finish())
    return {
      ids,
      words: this.#words.length > 0 ? shared(this.#words.finish()) : ids,
      offsets: shared(Int32Array.from(this.#offsets)),
      seconds: shared(Int32Array.from(this.#seconds)),
      padId: this.#padId
    }
  }
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

/** Encodes texts for a model of words, to which the parts of a pair are one text. */
export function encodeAll(
  texts: Iterable<RowText>,
  vocabulary: Vocabulary,
  maximumLength: number
): EncodedTexts {
  const builder = new TextsBuilder(padId)
  for (const text of texts) {
    const ids = encode(text, vocabulary, maximumLength)
    builder.add(ids, ids.length)
  }
  return builder.finish()
}

/** A copy that threads can share. */
export function shared(array: Int32Array): Int32Array {
  const copy = new Int32Array(new SharedArrayBuffer(array.byteLength))
  copy.set(array)
  return copy
}
