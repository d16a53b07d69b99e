/** Edits are data: a list of them turns a training set into another one. */
import { z } from 'zod'

const row = z.int().min(0)

export const editSchema = z.discriminatedUnion('kind', [
  /** Leave the row out of training. */
  z.object({ kind: z.literal('remove'), row }),
  /**
   * Replace every occurrence of one word of the row by [PAD]; length and mask stay as they are.
   * `word` is the word as the vocabulary spells it.
   */
  z.object({ kind: z.literal('pad'), row, wordId: z.int().min(0), word: z.string() }),
  /** Give the row another class. */
  z.object({ kind: z.literal('relabel'), row, class: z.int().min(0) }),
  /** Multiply the row's loss by a factor. */
  z.object({ kind: z.literal('weight'), row, weight: z.number().min(0) })
])

export type Edit = z.infer<typeof editSchema>
export type PadEdit = Extract<Edit, { kind: 'pad' }>
