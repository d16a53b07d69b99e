/** The application itself: what it is, what the user has set, files that the user picks. */
import { z } from 'zod'
import { deviceChoices, deviceNames } from '../../src-main/executors/devices.ts'
import { call, nothing, pickedToken } from './call.ts'

export const settingsSchema = z.object({
  /** Rounds at the same time; null: one a core. */
  threads: z.int().min(1).max(256).nullable(),
  /** What computes trainings, gradients and rounds; auto: the fastest. */
  device: z.enum(deviceChoices)
})

export type Settings = z.infer<typeof settingsSchema>

export const picked = z.object({
  token: pickedToken,
  /** The last part of its path. */
  name: z.string(),
  bytes: z.number()
})

export const deviceView = z.object({
  device: z.enum(deviceNames),
  title: z.string(),
  found: z.boolean(),
  /** Why it is not here. */
  why: z.string().nullable(),
  /** What to know of it where it is here, such as that it is slow. */
  remark: z.string().nullable(),
  /** Operators that run on the CPU all the same; null where nobody has looked. */
  onCpu: z.array(z.string()).nullable(),
  /** Seconds of a step of the project's model, in its training and in rounds. */
  step: z.object({ training: z.number().nullable(), rounds: z.number().nullable() }),
  /** Rounds of it that are best done side by side, where that was measured. */
  atOnce: z.int().nullable(),
  /** Whether the project's model was tried on it in vain. */
  fails: z.boolean()
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
  /**
   * What this machine has to compute on, and how fast each is at the model of the project that was
   * opened last, as far as that was measured. `again` looks for them anew.
   */
  devices: call(
    z.object({ again: z.boolean() }),
    z.object({ devices: z.array(deviceView), projectName: z.string().nullable() })
  ),
  /** Asks the user for a data file in the system's own dialog; null when cancelled. */
  pickFile: call(nothing, picked.nullable()),
  /** The same for a folder. */
  pickFolder: call(nothing, picked.nullable()),
  /** Shows an exported file in the system's file manager. */
  reveal: call(z.object({ token: z.uuid() }), nothing)
} as const
