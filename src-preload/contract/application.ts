/** The application itself: what it is, what the user has set, files that the user picks. */
import { z } from 'zod'
import { call, nothing, pickedToken } from './call.ts'

export const settingsSchema = z.object({
  /** Rounds at the same time; null: one a core. */
  threads: z.int().min(1).max(256).nullable(),
  device: z.enum(['cpu'])
})

export type Settings = z.infer<typeof settingsSchema>

export const picked = z.object({
  token: pickedToken,
  /** The last part of its path. */
  name: z.string(),
  bytes: z.number()
})

export const applicationContract = {
  info: call(
    nothing,
    z.object({
      version: z.string(),
      host: z.enum(['desktop', 'web']),
      /** Whether this machine can show a folder and a file dialog of its own. */
      hasDialogs: z.boolean(),
      cores: z.int(),
      dataFolder: z.string(),
      settings: settingsSchema
    })
  ),
  /** Keeps settings; those left out stay. */
  change: call(settingsSchema.partial(), settingsSchema),
  /** Asks the user for a data file in the system's own dialog; null when cancelled. */
  pickFile: call(nothing, picked.nullable()),
  /** The same for a folder. */
  pickFolder: call(nothing, picked.nullable()),
  /** Shows an exported file in the system's file manager. */
  reveal: call(z.object({ token: z.uuid() }), nothing)
} as const
