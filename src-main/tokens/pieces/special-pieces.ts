/** The special tokens of a tokenizer by their roles. */
import { specialToken } from './added-tokens.ts'
import { literalOf } from './apply-config.ts'
import type { Layout, Slot } from './layout.ts'
import { isByteLevel, wrong, type TokenizerConfig, type TokenizerFile } from './tokenizer-file.ts'

/** A special token: its id, and how it is written in a text. */
export interface SpecialPiece {
  id: number
  literal: string
}

export interface SpecialPieces {
  readonly pad: SpecialPiece
  /** What stands for words that cannot be made of pieces; RoBERTa makes every text of bytes. */
  readonly unknown: SpecialPiece | undefined
  readonly start: SpecialPiece
  readonly separator: SpecialPiece
}

interface Found {
  file: TokenizerFile
  config: TokenizerConfig | undefined
  layout: Layout
  ids: ReadonlyMap<string, number>
}

/** How tokenizers write padding by default. */
const padLiterals = ['[PAD]', '<pad>']

const remedy = 'Save the tokenizer anew with a current version of transformers.'

/** Throws `bad-argument` if one is missing, or one that the layout needs has no id. */
export function findSpecialPieces(path: string, found: Found): SpecialPieces {
  const { file, config, layout, ids } = found
  const piece = (literal: string | undefined, role: string): SpecialPiece => {
    const id = literal === undefined ? undefined : ids.get(literal)
    if (literal !== undefined && id !== undefined) return { id, literal }
    throw wrong(path, `it has no token for ${role}`, remedy)
  }
  for (const slot of layout.pair) if ('literal' in slot) piece(slot.literal, slot.literal)
  const pad =
    literalOf(config, 'pad_token') ??
    file.padding?.pad_token ??
    padLiterals.find((literal) => ids.has(literal))
  const unknown = file.model.unk_token ?? literalOf(config, 'unk_token') ?? '<unk>'
  const mayLack = isByteLevel(file) && !ids.has(unknown)
  return {
    pad: piece(pad, 'padding'),
    unknown: mayLack ? undefined : piece(unknown, 'unknown words'),
    start: piece(literalIn(layout.single[0]), 'the start of a text'),
    separator: piece(literalIn(layout.single.at(-1)), 'the end of a text')
  }
}

function literalIn(slot: Slot | undefined): string | undefined {
  return slot && 'literal' in slot ? slot.literal : undefined
}

/** With the padding literal among the added tokens, so that it is found in a text, and named. */
export function withPad(file: TokenizerFile, { id, literal }: SpecialPiece): TokenizerFile {
  const added = file.added_tokens.some(({ content }) => content === literal)
  const added_tokens = added ? file.added_tokens : [...file.added_tokens, specialToken(literal, id)]
  if (!file.padding && padLiterals.includes(literal)) return { ...file, added_tokens }
  const padding = { ...defaultPadding, ...file.padding, pad_id: id, pad_token: literal }
  return { ...file, added_tokens, padding }
}

const defaultPadding = {
  strategy: 'BatchLongest',
  direction: 'Right',
  pad_to_multiple_of: null,
  pad_type_id: 0
}
