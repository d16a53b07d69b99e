/** What may be done to an opponent. */
export const actions = ['remove', 'pad'] as const
export type Action = (typeof actions)[number]

/** A row to edit, and how; the user's own choice. */
export interface Choice {
  /** Row id. */
  row: number
  action: Action
}
