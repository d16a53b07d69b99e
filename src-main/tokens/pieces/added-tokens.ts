/** Tokens that stand in a text literally, such as [PAD], found as the Rust tokenizers find them. */
import { isWhiteSpace, isWordCharacter } from './character-classes.ts'

/** One added token, its flags named as in tokenizer.json. */
export interface AddedToken {
  id: number
  content: string
  /** Not found inside a word. */
  single_word: boolean
  /** Takes the white space on its left, or right, with it. */
  lstrip: boolean
  rstrip: boolean
  /** Looked for in the normalised text instead of the original. */
  normalized: boolean
  special: boolean
}

/** A special token with the flags that it has unless others are given. */
export function specialToken(content: string, id: number): AddedToken {
  const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false }
  return { id, content, ...flags, special: true }
}

/** A stretch of a text: an added token, or text between two. Half-open UTF-16 offsets. */
export interface Stretch {
  start: number
  end: number
  token: AddedToken | undefined
}

export class AddedTokenFinder {
  readonly #tokens: ReadonlyMap<string, AddedToken>
  readonly #pattern: RegExp | undefined

  /** `spell` says how a token's content is spelled in the texts that are searched. */
  constructor(tokens: readonly AddedToken[], spell = (content: string): string => content) {
    const spelled = tokens.map((token) => [spell(token.content), token] as const)
    this.#tokens = new Map(spelled.filter(([content]) => content !== ''))
    // The longest of those that begin at the same place is found.
    const contents = [...this.#tokens.keys()].sort((a, b) => b.length - a.length)
    this.#pattern =
      contents.length > 0 ? new RegExp(contents.map(escape).join('|'), 'gu') : undefined
  }

  /** The whole text in stretches, none of them empty. */
  split(text: string): Stretch[] {
    const stretches: Stretch[] = []
    let from = 0
    const add = (start: number, end: number, token: AddedToken | undefined): void => {
      if (end > start) stretches.push({ start, end, token })
      from = end
    }
    for (const { 0: found, index } of this.#pattern ? text.matchAll(this.#pattern) : []) {
      const token = this.#tokens.get(found)!
      let start = index
      let end = index + found.length
      if (token.single_word && touchesWord(text, start, end)) continue
      if (token.lstrip) while (start > from && isWhiteSpace.test(text[start - 1]!)) start -= 1
      if (token.rstrip) while (end < text.length && isWhiteSpace.test(text[end]!)) end += 1
      add(from, start, undefined)
      add(start, end, token)
    }
    add(from, text.length, undefined)
    return stretches
  }
}

function touchesWord(text: string, start: number, end: number): boolean {
  const before = /.$/su.exec(text.slice(Math.max(0, start - 2), start))?.[0] ?? ''
  const after = String.fromCodePoint(text.codePointAt(end) ?? 0x20)
  return isWordCharacter.test(before) || isWordCharacter.test(after)
}

function escape(content: string): string {
  return content.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
}
