/** An edit that a ranking suggests, with the reason for it. */
import { z } from 'zod'
import { methodNames } from '../influence/method-names.ts'
import { editSchema } from './edits.ts'

/** Where a suggestion among those of several fixes comes from. */
const originSchema = z.object({
  /** Row id of the example that it was suggested for. */
  example: z.int(),
  /** The row's place among the edits of that fix; 1 is the strongest opponent. */
  rank: z.int(),
  /** What ranked it; missing in what older versions combined. */
  method: z.enum(methodNames).optional()
})

export const suggestionSchema = z.object({
  edit: editSchema,
  /** Influence of the row on the example; negative. */
  influence: z.number(),
  /** For [PAD]: what the word contributes to it. */
  wordInfluence: z.number().optional(),
  /** Only where fixes were combined. */
  origin: originSchema.optional()
})

export type Suggestion = z.infer<typeof suggestionSchema>
export type Origin = z.infer<typeof originSchema>
