/**
 * RoBERTa's scheme: words with the space before them, as bytes of UTF-8, merged by rank. Each byte
 * has a letter in the vocabulary; that of the space is Ġ.
 */
import { letters, numbers, whiteSpace } from './character-classes.ts'
import { BPE } from './library.ts'
import { unchanged } from './normalise.ts'
import type { Scheme } from './scheme.ts'
import type { BytePairModel } from './tokenizer-file.ts'
import { remembering, type WordPieces } from './word-cache.ts'

/**
 * The library's pattern in the Rust tokenizers' sense: JavaScript's \s takes U+FEFF for white space
 * and not U+0085, and letters and numbers are today's.
 */
const wordPattern = new RegExp(
  `'s|'t|'re|'ve|'m|'ll|'d| ?${letters}+| ?${numbers}+` +
    `| ?[^${whiteSpace}${letters}${numbers}]+|${whiteSpace}+(?!\\P{White_Space})|${whiteSpace}+`,
  'gv'
)

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** The letter of each byte: itself where it can be printed, else the next free one from U+0100 on. */
const letterOfByte = makeLetters()
const byteOfLetter = new Map(letterOfByte.map((letter, byte) => [letter, byte]))

export function byteLevelScheme(model: BytePairModel, addPrefixSpace: boolean): Scheme {
  const library = new BPE(model)
  const unknown = model.unk_token ? model.vocab[model.unk_token] : undefined

  function cut(word: string): WordPieces {
    const spelled = Array.from(encoder.encode(word), (byte) => letterOfByte[byte]!).join('')
    const whole = model.ignore_merges && library.tokens_to_ids.has(spelled)
    const ids: number[] = []
    const starts: number[] = []
    const ends: number[] = []
    const unitEnds = endsOfBytes(word)
    let bytes = 0
    for (const piece of whole ? [spelled] : library.bpe(spelled)) {
      const start = bytes + spacesOf(piece)
      bytes += piece.length
      const id = library.tokens_to_ids.get(piece) ?? unknown
      // Without an unknown token, a byte that the vocabulary lacks is left out.
      if (id === undefined) continue
      ids.push(id)
      starts.push(unitEnds[start]!)
      ends.push(unitEnds[bytes]!)
    }
    return { ids, starts, ends }
  }
  const piecesOf = remembering(cut)

  return {
    normalise: unchanged,
    *words(text) {
      const shift = addPrefixSpace && !text.startsWith(' ') ? 1 : 0
      for (const { 0: word, index } of (shift ? ` ${text}` : text).matchAll(wordPattern)) {
        yield { start: index - shift, pieces: piecesOf(word) }
      }
    },
    spell: (pieces) => {
      const bytes = Array.from(pieces.join(''), (letter) => byteOfLetter.get(letter) ?? 0x3f)
      return decoder.decode(Uint8Array.from(bytes)).trim()
    }
  }
}

/** How many spaces a piece begins with. */
function spacesOf(piece: string): number {
  let count = 0
  while (piece[count] === letterOfByte[0x20]) count += 1
  return count
}

/** For every count of a word's first bytes, where the character ends that the last of them is of. */
function endsOfBytes(word: string): number[] {
  const ends = [0]
  let end = 0
  for (const character of word) {
    end += character.length
    for (let count = encoder.encode(character).length; count > 0; count -= 1) ends.push(end)
  }
  return ends
}

function makeLetters(): string[] {
  let next = 0x100
  return Array.from({ length: 256 }, (_, byte) => {
    const printable = (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad)
    return String.fromCodePoint(printable ? byte : next++)
  })
}
