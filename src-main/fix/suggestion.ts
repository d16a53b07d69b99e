/** An edit that a ranking suggests, with the reason for it. */
import { z } from 'zod'
import { editSchema } from './edits.ts'

export const suggestionSchema = z.object({
  edit: editSchema,
  /** Influence of the row on the example; negative. */
  influence: z.number(),
  /** For [PAD]: what the word contributes to it. */
  wordInfluence: z.number().optional()
})

export type Suggestion = z.infer<typeof suggestionSchema>
