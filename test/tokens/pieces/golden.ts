/** What test/parity/tokens.py has written. */
import { readFileSync } from 'node:fs'
import { PieceTokenizer } from '../../../src-main/tokens/pieces/piece-tokenizer.ts'

interface Golden {
  /** Difficult texts, and some for added tokens with flags. */
  texts: string[]
  extra: string[]
  /** The pieces, joined by spaces, that the beginnings of some mails train. */
  trained: { size: number; texts: number; characters: number; pieces: string }
  tokenizers: {
    name: string
    config: unknown
    file: object
    /** Ids and spans of each text. */
    rows: string[]
    /** Two texts, a length, and the ids of the first alone and of both, cut to it. */
    pairs: [first: number, second: number, length: number, one: string, both: string][]
  }[]
}

export const golden = JSON.parse(
  readFileSync(new URL('../../parity/golden/tokens.json', import.meta.url), 'utf8')
) as Golden

/** One of the tokenizers, by name. */
export function goldenTokenizer(name: string): PieceTokenizer {
  const { file, config } = golden.tokenizers.find((each) => each.name === name)!
  return PieceTokenizer.fromJson(`${name}/tokenizer.json`, file, config)
}
