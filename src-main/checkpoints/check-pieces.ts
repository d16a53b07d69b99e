/** Whether a tokenizer's pieces fit the model of its folder. */
import { basename, join } from 'node:path'
import type { InspectedCheckpoint } from './inspect.ts'
import { refusal, saveAgain } from './refuse.ts'

/** A tokenizer as far as it has to fit the model. */
export interface Pieces {
  /** By id. */
  readonly pieces: readonly string[]
  /** By role, such as `pad`. */
  readonly special: Readonly<Record<string, { id: number; literal: string } | undefined>>
}

/**
 * Throws `bad-checkpoint` unless every piece has a row in the embedding, every special token is the
 * piece that its id says, and the padding piece (`special.pad`) is that of config.json.
 */
export function checkPieces(checkpoint: InspectedCheckpoint, { pieces, special }: Pieces): void {
  const { words, folder, tokenizerFiles } = checkpoint
  const { padId } = checkpoint.sizes
  const path = tokenizerFiles.find((file) => /^(tokenizer\.json|vocab\.txt)$/.test(basename(file)))!
  if (pieces.length > words) {
    throw refusal(
      path,
      `it has ${pieces.length} pieces, but the embedding of the model has ${words} rows`,
      `The tokenizer is that of another model. ${saveAgain}`
    )
  }
  for (const [role, token] of Object.entries(special)) {
    if (!token) continue
    const { id, literal } = token
    if (!Number.isInteger(id) || id < 0 || id >= pieces.length) {
      throw refusal(
        path,
        `the ${role} token ${literal} has the id ${id} of ${pieces.length} pieces`
      )
    }
    if (pieces[id] !== literal) {
      throw refusal(path, `the ${role} token is ${literal}, but piece ${id} is ${pieces[id]}`)
    }
  }
  const pad = special['pad']
  if (pad && pad.id !== padId) {
    throw refusal(
      path,
      `the padding piece ${pad.literal} has the id ${pad.id}, but pad_token_id of ${join(folder, 'config.json')} is ${padId}`
    )
  }
}
