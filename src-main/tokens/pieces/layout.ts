/** How texts and pairs are laid out between special tokens, and how a pair is cut to a length. */
import { Tokenizer } from './library.ts'
import { wrong, type TokenizerFile } from './tokenizer-file.ts'

/** One position of a layout: a special token's literal, or a part of the text. */
export type Slot = { literal: string; type: number } | { part: 0 | 1; type: number }

/** The slots of a text and of a pair. */
export interface Layout {
  single: readonly Slot[]
  pair: readonly Slot[]
}

/** The layout that the post-processor of a tokenizer.json makes; throws `bad-argument`. */
export function layoutOf(path: string, file: TokenizerFile): Layout {
  const { model, post_processor } = file
  // The library makes the post-processor only as a part of a whole tokenizer.
  const rest = { normalizer: null, pre_tokenizer: null, decoder: null, added_tokens: [] }
  const oneType = /RobertaProcessing/.test(JSON.stringify(post_processor))
  try {
    const { post_processor: process } = new Tokenizer({ model, post_processor, ...rest }, {})
    const slots = (first: string[], second: string[] | null): Slot[] => {
      const { tokens, token_type_ids } = process.post_process(first, second, true)
      return tokens.map((literal, at) => {
        // RoBERTa has one type, whatever the library says.
        const type = oneType ? 0 : (token_type_ids?.[at] ?? 0)
        if (literal === partMarks[0] || literal === partMarks[1]) {
          return { part: literal === partMarks[0] ? 0 : 1, type }
        }
        return { literal, type }
      })
    }
    return {
      single: slots([partMarks[0]], null),
      pair: slots([partMarks[0]], [partMarks[1]])
    }
  } catch (error) {
    const remedy = 'Save the tokenizer anew with a current version of transformers.'
    throw wrong(path, `its post_processor is not understood (${String(error)})`, remedy)
  }
}

/** Stand for the parts of a text while its layout is found; no token is spelled like them. */
const partMarks = ['\u0000 first', '\u0000 second'] as const

/**
 * How many pieces of each part stay when together they may be `room`, as "longest first" of the Rust
 * tokenizers has it: the longer part is cut to the room that the shorter one leaves, and where both
 * are cut they become equally long, the longer (of equals, the second) by one longer if `room` is odd.
 */
export function cutLengths(lengths: readonly number[], room: number): number[] {
  const [first = 0, second] = lengths
  if (second === undefined) return [Math.min(first, room)]
  if (first + second <= room) return [first, second]
  const shorter = Math.min(first, second)
  const even = Math.floor(room / 2)
  const [less, more] = shorter <= even ? [shorter, room - shorter] : [even, room - even]
  return first > second ? [more, less] : [less, more]
}
